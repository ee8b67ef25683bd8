"""What every page's frame shows: which entries of the rail this person may open, and the staff grant they stand on.

Everything is computed when a template asks for it, so that fragments without a frame cost nothing.
"""

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import actions, scopes
from accounts.models import StaffGrant
from accounts.principals import Principal
from accounts.reach import NOWHERE, Reach, grant_stood_on, reach


@dataclass(frozen=True)
class Entry:
    """`lists`: what the page lists, as the kind of its scopes: a role on one is enough, or on what may hold some; else the
    tenant's scope decides. Without an action any role does; `or_action` opens the page as well."""

    label: str | Promise
    icon: str
    path: str
    action: str
    lists: str = ""
    starts_group: bool = False
    or_action: str = ""

    def is_for(self, held: Reach) -> bool:
        if not self.action:
            return bool(held.held)
        places = {*HOLDERS, self.lists} if self.lists else {scopes.TENANT}
        wanted = [self.action, self.or_action] if self.or_action else [self.action]
        return any(held.within(action, places) for action in wanted)


HOLDERS = {scopes.TENANT, "subscriptions", "resourcegroups"}
RAIL = [
    Entry(_("Virtual machines"), "device-desktop", "/vms/", actions.VM_READ, lists="virtualmachines"),
    Entry(
        _("Consoles"),
        "layout-grid",
        "/consoles/",
        actions.WATCH,
        lists="virtualmachines",
        or_action=actions.CONNECT,
    ),
    Entry(
        _("Scale sets"), "stack-2", "/scale-sets/", actions.SCALE_SET_READ, lists="virtualmachinescalesets"
    ),
    Entry(_("Storage"), "database", "/storage/", actions.STORAGE_READ, lists="storageaccounts"),
    Entry(_("Networks"), "network", "/networks/", actions.NETWORK_READ, lists="virtualnetworks"),
    Entry(_("Subscriptions"), "key", "/subs/", ""),
    Entry(
        pgettext_lazy("audit", "Audit"),
        "history",
        "/activity/tenants/{tenant}",
        actions.AUDIT_READ,
        starts_group=True,
    ),
    Entry(_("Sessions"), "terminal-2", "/sessions/", actions.SESSION_READ, lists="virtualmachines"),
    Entry(_("Access control"), "shield-check", "/access/tenants/{tenant}", actions.ASSIGNMENT_READ),
    Entry(_("People"), "users", "/people/", actions.DIRECTORY_READ, starts_group=True),
    Entry(_("Groups"), "users-group", "/groups/", actions.DIRECTORY_READ),
    Entry(_("Service principals"), "robot", "/service-principals/", actions.DIRECTORY_READ),
    Entry(_("Roles"), "list", "/roles/", actions.ROLE_READ),
    Entry(_("Settings"), "settings", "/tenant/", actions.TENANT_READ),
]


@dataclass(frozen=True)
class Item:
    label: str | Promise
    icon: str
    url: str
    active: bool
    starts_group: bool


class Frame:
    def __init__(self, request: HttpRequest) -> None:
        self.path = request.path
        self.principal: Principal | None = getattr(request, "principal", None)
        self.is_staff = bool(getattr(getattr(request, "user", None), "is_staff", False))

    @cached_property
    def reach(self) -> Reach:
        if self.principal is None:
            return NOWHERE
        return reach(self.principal, self.grant)

    @property
    def rail(self) -> list[Item]:
        return [self._item(entry) for entry in RAIL if entry.is_for(self.reach)]

    def _item(self, entry: Entry) -> Item:
        url = entry.path.format(tenant=self.principal.tenant_id if self.principal else "")
        return Item(entry.label, entry.icon, url, self.path.startswith(url), entry.starts_group)

    @cached_property
    def grant(self) -> StaffGrant | None:
        who = self.principal
        if who is None or who.id is None or who.tenant_id is None or not self.is_staff:
            return None
        return grant_stood_on(who.id, who.tenant_id)


def frame_of(request: HttpRequest) -> Frame:
    """One per request, so that a view that asks for the reach does not make the frame ask again."""
    found: Frame | None = getattr(request, "_frame", None)
    if found is None:
        found = request._frame = Frame(request)  # type: ignore[attr-defined]
    return found


def frame(request: HttpRequest) -> dict[str, object]:
    return {
        "tenant": getattr(request, "tenant", None),
        "tenants": getattr(request, "tenants", []),
        "frame": frame_of(request),
    }
