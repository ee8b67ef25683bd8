"""Actions in people's words. In: an action or a pattern. Out: what it means, which family it belongs to, which known ones it covers."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import actions

FAMILIES: dict[str, Promise] = {
    "Microsoft.SerialConsole/": _("Serial consoles"),
    "Microsoft.Compute/": _("Virtual machines"),
    "Microsoft.Authorization/": _("Access control"),
    "Microsoft.Resources/": _("Subscriptions and resource groups"),
    "Microsoft.Storage/": _("Storage accounts"),
    "Microsoft.Network/": _("Networks"),
    "Homeport.Directory/": _("People and sign-in"),
    "Homeport.Audit/": _("Audit log"),
    "Homeport.Platform/": _("The platform itself"),
}

RECORDED: dict[str, Promise] = {
    actions.SIGN_IN: _("Sign in"),
    actions.SIGN_OUT: _("Sign out"),
    actions.SIGN_OUT_EVERYWHERE: _("End all sign-ins of a person"),
    actions.CONFIRM: _("Confirm with a second factor"),
    actions.STAFF_GRANT_WRITE: _("Let platform staff in for a time"),
    actions.STAFF_GRANT_DELETE: _("End a grant to platform staff"),
    actions.ROLE_DELETE: _("Delete a custom role"),
    actions.DETACH: _("Leave a serial console"),
    actions.TAKE_OVER: _("Come to the keyboard of a serial console"),
    actions.LOG_OUT: _("Log the guest out when its last writer has left"),
    actions.BREAK: _("Send a BREAK to a serial console"),
    actions.TICKET: _("Get a ticket for a serial console"),
    actions.LOG_LINK: _("Make, use or end a link to a log"),
    actions.AUDIT_EXPORT: _("Export the audit log"),
    actions.AUDIT_SEAL: _("Seal old audit entries"),
    actions.AUDIT_EXPIRE: _("Delete audit entries whose time is over"),
    actions.SESSION_EXPIRE: _("Delete sessions whose time is over"),
    actions.RETENTION_WRITE: _("Change how long records are kept"),
    actions.FORWARDING_WRITE: _("Change where the audit log is forwarded"),
    actions.JOB_RETRY: _("Try a failed job again"),
    actions.JOB_FORGET: _("Forget a failed job"),
}

WORDS = {action.lower(): words for action, words in {**RECORDED, **actions.MEANINGS}.items()}


def in_words(action: str) -> str | Promise:
    return WORDS.get(action.lower(), "")


# what a line of the log says besides the action, most telling first; ids are left to the entry's details
TELLING = (
    "created",
    "invited",
    "joined",
    "left",
    "removed",
    "saved",
    "deleted",
    "user",
    "staff",
    "name",
    "role",
    "reason",
    "download",
)
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def telling(details: dict[str, object]) -> str:
    """Names out of an entry's details, for the line that people skim."""
    found = (details.get(key) for key in TELLING)
    return " · ".join(
        value for value in found if isinstance(value, str) and value and not ID.fullmatch(value)
    )


def family_of(action: str) -> str:
    return next((prefix for prefix in FAMILIES if action.lower().startswith(prefix.lower())), "")


def by_family() -> list[tuple[str | Promise, list[tuple[str, str | Promise]]]]:
    """The known actions with their words, under the name of their family: what a select of actions shows."""
    groups: dict[str, list[tuple[str, str | Promise]]] = {prefix: [] for prefix in FAMILIES}
    for action, words in actions.MEANINGS.items():
        groups[family_of(action)].append((action, words))
    return [(FAMILIES[prefix], members) for prefix, members in groups.items() if members]
