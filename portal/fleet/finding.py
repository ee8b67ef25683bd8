"""The search box. In: who asks, and a part of a name. Out: a handful of machines, people, subscriptions, resource groups.

Machines are found by prefix, which an index answers; only where that leaves room, it looks inside the names of all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.access import visible_each
from accounts.models import Tenant, User
from accounts.principals import Principal
from accounts.requests import PortalRequest
from accounts.selectors import people_of
from portal.config.prefixes import begins
from portal.fleet.models import NetworkInterface, ResourceGroup, Subscription, VirtualMachine
from portal.fleet.vm_queries import console_on


@dataclass(frozen=True)
class Hit:
    kind: str | Promise
    icon: str
    name: str
    where: str
    url: str
    console_off: bool = False


Finder = Callable[[PortalRequest, str, int], list[Hit]]
finders: list[Finder] = []  # of what is kept above, which this does not know


def find(principal: Principal, tenant: Tenant, text: str, *, people: bool, limit: int) -> list[Hit]:
    text = text.strip().lower()
    if not text:
        return []
    begin, hold, subscriptions, groups = visible_each(
        principal,
        [
            (actions.VM_READ, _beginning(text, tenant)),
            (actions.VM_READ, _holding(text)),
            (actions.SUBSCRIPTION_READ, Subscription.objects.filter(name__icontains=text)),
            (actions.GROUP_READ, ResourceGroup.objects.filter(name__icontains=text)),
        ],
    )
    hits = [_vm(vm) for vm in _machines(begin, hold, limit)]
    hits += [_person(user) for user in _people(tenant, text)[:limit]] if people else []
    return hits + _containers(subscriptions, groups, limit)


def _machines(
    begin: "QuerySet[VirtualMachine]", hold: "QuerySet[VirtualMachine]", limit: int
) -> list[VirtualMachine]:
    """Those that begin so come first; of the others the names alone are sorted, and then as few loaded as are shown."""
    found = list(_shown(begin)[:limit])
    if len(found) == limit:
        return found
    others = hold.exclude(id__in=[vm.id for vm in found])  # one may begin so by its address
    more = list(others.values_list("id", flat=True)[: limit - len(found)])
    return found + list(_shown(VirtualMachine.objects.filter(id__in=more))) if more else found


def _shown(machines: "QuerySet[VirtualMachine]") -> "QuerySet[VirtualMachine]":
    rows = machines.select_related("subscription", "resource_group", "scale_set")
    return rows.annotate(console_on=console_on()).order_by("name_key", "id")


def _containers(
    subscriptions: "QuerySet[Subscription]", groups: "QuerySet[ResourceGroup]", limit: int
) -> list[Hit]:
    """Both kinds in one query."""
    columns = ("kind", "name", "sub", "within")
    above = subscriptions.order_by().annotate(kind=Value("sub"), sub=F("id"), within=Value(""))
    below = groups.order_by().annotate(
        kind=Value("group"), sub=F("subscription_id"), within=F("subscription__name")
    )
    found = above.values_list(*columns).union(below.values_list(*columns), all=True).order_by("-kind", "name")
    return [_container(*row) for row in found[: 2 * limit]]


def _container(kind: str, name: str, sub: UUID, within: str) -> Hit:
    if kind == "sub":
        return Hit(_("Subscriptions"), "key", name, "", f"/subs/{sub}/")
    return Hit(_("Resource groups"), "folder", name, within, f"/resource-groups/{sub}/{name}/")


def _beginning(text: str, tenant: Tenant) -> "QuerySet[VirtualMachine]":
    rows = VirtualMachine.objects.all()
    if not text[0].isdigit() and ":" not in text:
        return rows.filter(begins("name_key", text))
    at = Q(private_address__startswith=text) | Q(public_address__startswith=text)
    addressed = NetworkInterface.objects.filter(at, tenant=tenant, vm__isnull=False)
    return rows.filter(begins("name_key", text) | Q(id__in=addressed.values("vm_id")))


def _holding(text: str) -> "QuerySet[VirtualMachine]":
    """Elsewhere than at the beginning."""
    rows = VirtualMachine.objects.alias(at=StrIndex(F("name_key"), Value(text)))
    return rows.filter(at__gt=1).order_by("name_key", "id")


def _people(tenant: Tenant, text: str) -> "QuerySet[User]":
    named = Q(display_name__icontains=text) | Q(username__contains=text)
    return people_of(tenant).filter(named).order_by("display_name", "id")


def _vm(vm: VirtualMachine) -> Hit:
    where = f"{vm.subscription.name} › {vm.resource_group.name}"
    off = not vm.console_on  # type: ignore[attr-defined]
    return Hit(_("Virtual machines"), "device-desktop", vm.name, where, vm.get_absolute_url(), off)


def _person(user: User) -> Hit:
    return Hit(_("People"), "user", user.display_name, user.username, f"/people/{user.id}/")
