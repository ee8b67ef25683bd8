"""Entries in words that tell acts of one name apart. In: an entry. Out: what was done, by its details where the action alone does not say it."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import action_words, actions
from accounts.models import AuditEntry
from portal.fleet.models.operations import OperationKind

Act = tuple[str, str, Promise]  # a detail, its value or anything, and what was done then

ALERTS: list[Act] = [
    ("created", "", gettext_lazy("Add a target of alerts")),
    ("removed", "", gettext_lazy("Remove a target of alerts")),
    ("new_secret", "", gettext_lazy("Give a target of alerts a new secret")),
    ("tested", "", gettext_lazy("Send a test to a target of alerts")),
]
FORWARDS: list[Act] = [
    ("created", "", gettext_lazy("Add a target of forwarding")),
    ("removed", "", gettext_lazy("Remove a target of forwarding")),
    ("new_secret", "", gettext_lazy("Give a target of forwarding a new secret")),
    ("tested", "", gettext_lazy("Send a test to a target of forwarding")),
]
VIEWS: list[Act] = [
    ("saved", "", gettext_lazy("Save a view of the audit log for everybody")),
    ("deleted", "", gettext_lazy("Remove a view of the audit log for everybody")),
]
# by the detail that says what it was about; entries from before it was recorded keep the words of their action
ABOUT: dict[str, list[Act]] = {"alert_target": ALERTS, "forward_target": FORWARDS, "audit_view": VIEWS}
ACTS: dict[str, list[Act]] = {
    actions.LOG_LINK: [
        ("made", "", gettext_lazy("Make a link to a log")),
        ("used", "", gettext_lazy("Read a log through a link")),
        ("ended", "", gettext_lazy("End a link to a log")),
    ],
    actions.LOG_READ: [
        ("download", "", gettext_lazy("Download a log")),
        ("read", "log", gettext_lazy("Read a log")),
        ("read", "replay", gettext_lazy("Replay a log")),
        ("read", "session", gettext_lazy("Read what was printed during a session")),
        ("read", "screenshot", gettext_lazy("Look at a picture of a machine's display")),
    ],
    actions.AUDIT_EXPORT: [("read", "", gettext_lazy("Download a file of the audit log"))],
    actions.HOLD_WRITE: [
        ("ended", "", gettext_lazy("End a legal hold")),
        ("reason", "", gettext_lazy("Put a legal hold on records")),
    ],
    actions.DIRECTORY_WRITE: [
        ("invited", "", gettext_lazy("Invite somebody")),
        ("joined", "", gettext_lazy("Let a person into the tenant")),
        ("left", "", gettext_lazy("Take a person out of the tenant")),
    ],
}


def words_of(entry: AuditEntry) -> str | Promise:
    details = entry.details
    about = next((ABOUT[name] for name in ABOUT if name in details), ACTS.get(entry.action, []))
    told = next((words for name, value, words in about if _says(details, name, value)), None)
    return told or _operation(entry) or action_words.in_words(entry.action) or entry.action


def _says(details: dict[str, Any], name: str, value: str) -> bool:
    return details.get(name) == value if value else bool(details.get(name))


def _operation(entry: AuditEntry) -> str:
    """Asked for and ended are two entries."""
    kind, stage = entry.details.get("kind"), entry.details.get("stage")
    if kind not in OperationKind.values:
        return ""
    act = {"act": OperationKind(kind).label}
    if stage == "asked":
        return _("%(act)s: asked for") % act
    if stage == "called off":
        return _("%(act)s: called off") % act
    if stage == "ended":
        return (_("%(act)s: done") if entry.outcome == "succeeded" else _("%(act)s: not done")) % act
    return ""
