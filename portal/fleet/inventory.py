"""Lists for the smaller pages of the fleet, each behind the gate in a constant number of queries."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from accounts import actions
from accounts.access import touched, visible_to
from accounts.principals import Principal
from portal.fleet import selectors
from portal.fleet.models import (
    NetworkInterface,
    ResourceGroup,
    ScaleSet,
    SecurityGroup,
    SecurityRule,
    StorageAccount,
    Subscription,
    VirtualMachine,
    VirtualNetwork,
)
from portal.fleet.models.scoped import Resource

PLACED = ("subscription", "resource_group")


def subscriptions(principal: Principal) -> "QuerySet[Subscription]":
    """Those at or below which the principal holds anything, each with `groups`, how many resource groups it has."""
    counted = ResourceGroup.objects.filter(subscription=OuterRef("pk")).order_by().values("subscription")
    rows = Subscription.objects.annotate(groups=Subquery(counted.annotate(n=Count("pk")).values("n")))
    return touched(principal, rows)


def groups_in(principal: Principal, subscription: Subscription) -> "QuerySet[ResourceGroup]":
    return visible_to(principal, actions.GROUP_READ, ResourceGroup.objects.filter(subscription=subscription))


def scale_sets(principal: Principal) -> "QuerySet[ScaleSet]":
    rows = ScaleSet.objects.select_related(*PLACED).annotate(size_now=Count("instances"))
    return visible_to(principal, actions.SCALE_SET_READ, rows)


def storage_accounts(principal: Principal) -> "QuerySet[StorageAccount]":
    return visible_to(principal, actions.STORAGE_READ, StorageAccount.objects.select_related(*PLACED))


def networks(principal: Principal) -> "QuerySet[VirtualNetwork]":
    rows = VirtualNetwork.objects.select_related(*PLACED).annotate(subnet_count=Count("subnets"))
    return visible_to(principal, actions.NETWORK_READ, rows)


def interfaces_of(principal: Principal, network: VirtualNetwork) -> "QuerySet[NetworkInterface]":
    rows = NetworkInterface.objects.filter(subnet__network=network).select_related("subnet", "security_group")
    return visible_to(principal, actions.NETWORK_READ, rows)


def machines_at(principal: Principal, interfaces: list[NetworkInterface]) -> dict[int, VirtualMachine]:
    """The interfaces' machines by id, but only those the principal may see."""
    ids = {one.vm_id for one in interfaces if one.vm_id}
    return {vm.id: vm for vm in selectors.vms(principal).filter(id__in=ids)} if ids else {}


def rules_of(principal: Principal, network: VirtualNetwork) -> "QuerySet[SecurityRule]":
    """Rules of every security group in use in the network that the principal may see: by group, then in the order they are tried."""
    used = Q(subnets__network=network) | Q(interfaces__subnet__network=network)
    groups = visible_to(principal, actions.NETWORK_READ, SecurityGroup.objects.filter(used))
    rows = SecurityRule.objects.filter(group__in=groups.order_by().values("pk")).select_related("group")
    return rows.order_by("group__name", "group_id", "direction", "priority")


def search(rows: "QuerySet[Resource]", words: str) -> "QuerySet[Resource]":
    for word in words.split():
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(resource_group__name__icontains=word)
            | Q(subscription__name__icontains=word)
        )
    return rows
