"""What an entry tells besides, for people. In: its details. Out: each with its words, and where it leads; a name that is not known here as it is."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import AuditEntry
from portal.config.commands import as_uuid
from portal.fleet.models.operations import OperationKind
from portal.fleet.review import session_words

ELSEWHERE = ("reason", "session", "person")  # with words of their own in a story
NAMES: dict[str, Promise] = {
    "after": gettext_lazy("Afterwards"),
    "before": gettext_lazy("Before"),
    "bytes_in": gettext_lazy("Bytes typed"),
    "bytes_out": gettext_lazy("Bytes shown"),
    "changed": gettext_lazy("Changed"),
    "count": gettext_lazy("How many"),
    "created": gettext_lazy("Made"),
    "deleted": gettext_lazy("Removed"),
    "download": gettext_lazy("Form"),
    "enabled": gettext_lazy("Turned on"),
    "expires": gettext_lazy("Until"),
    "filters": gettext_lazy("Filters"),
    "form": gettext_lazy("Form"),
    "from": gettext_lazy("From byte"),
    "hint": gettext_lazy("The link ends in"),
    "how": gettext_lazy("How"),
    "invited": gettext_lazy("Invited"),
    "joined": gettext_lazy("Came in"),
    "kind": gettext_lazy("Kind"),
    "left": gettext_lazy("Went"),
    "lost_session": gettext_lazy("The session that lost it"),
    "made_by": gettext_lazy("The link was made by"),
    "method": gettext_lazy("Proved by"),
    "minutes": gettext_lazy("Minutes"),
    "mode": gettext_lazy("Mode"),
    "multi_factor": gettext_lazy("With a second factor"),
    "name": gettext_lazy("Name"),
    "new_secret": gettext_lazy("A new secret"),
    "operation": gettext_lazy("Operation"),
    "port": gettext_lazy("Port"),
    "principal": gettext_lazy("To whom"),
    "read": gettext_lazy("What was read"),
    "removed": gettext_lazy("Removed"),
    "role": gettext_lazy("Role"),
    "rows": gettext_lazy("Entries"),
    "saved": gettext_lazy("Saved"),
    "seconds": gettext_lazy("Seconds"),
    "stage": gettext_lazy("Stage"),
    "tested": gettext_lazy("The test"),
    "to": gettext_lazy("To byte"),
    "user": gettext_lazy("Person"),
    "via": gettext_lazy("Through"),
    "why": gettext_lazy("Why it ended"),
}
VALUES: dict[tuple[str, object], Promise] = {
    ("how", "taken"): gettext_lazy("taken from whoever had it"),
    ("how", "handed"): gettext_lazy("handed over by whoever had it"),
    ("how", "free"): gettext_lazy("nobody had it"),
    ("how", "unanswered"): gettext_lazy("whether it was done is not known"),
    ("mode", "write"): gettext_lazy("could type"),
    ("mode", "watch"): gettext_lazy("watched"),
    ("stage", "asked"): gettext_lazy("asked for"),
    ("stage", "ended"): gettext_lazy("ended"),
    ("stage", "called off"): gettext_lazy("called off"),
}
SPOKEN = {"via": session_words.through, "why": session_words.why}


@dataclass(frozen=True)
class Fact:
    """`person` and `session` are ids that lead to more."""

    name: str | Promise
    value: str | Promise
    person: UUID | None = None
    session: UUID | None = None


def facts(entry: AuditEntry) -> list[Fact]:
    details = entry.details
    person = as_uuid(str(details.get("person", "")))
    return [_fact(name, value, person) for name, value in sorted(details.items()) if name not in ELSEWHERE]


def _fact(name: str, value: object, person: UUID | None) -> Fact:
    if name == "name" and person:
        return Fact(_("Whose it was"), str(value), person=person)
    words = NAMES.get(name) or name.replace("_", " ")
    session = as_uuid(str(value)) if name == "lost_session" else None
    return Fact(words, _plain(name, value), session=session)


def _plain(name: str, value: object) -> str | Promise:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str):
        if name == "kind" and value in OperationKind.values:
            return OperationKind(value).label
        if name in SPOKEN:
            return SPOKEN[name](value)
        return VALUES.get((name, value), value)
    return json.dumps(value, ensure_ascii=False, default=str)
