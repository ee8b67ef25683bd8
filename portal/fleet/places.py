"""Where a resource lies, for breadcrumbs and for "inherited from". In: a resource. Out: its scopes, widest first, each with a name
for people and the address of its page.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.decisions import Resource
from accounts.models import Tenant
from portal.fleet.models import (
    ResourceGroup,
    ScaleSet,
    StorageAccount,
    Subscription,
    VirtualMachine,
    VirtualNetwork,
)
from portal.fleet.models.scoped import Resource as GroupedResource
from portal.fleet.models.scoped import Scoped

PAGES: dict[type[GroupedResource], tuple[str, str | Promise, str]] = {
    VirtualMachine: ("/vms/", _("virtual machine"), actions.VM_READ),
    ScaleSet: ("/scale-sets/", _("scale set"), actions.SCALE_SET_READ),
    StorageAccount: ("/storage/", _("storage account"), actions.STORAGE_READ),
    VirtualNetwork: ("/networks/", _("virtual network"), actions.NETWORK_READ),
}


@dataclass(frozen=True)
class Place:
    """`overview`: the address of its page, empty where it has none; `action`: what that page asks the gate for."""

    scope: str
    name: str
    kind: str | Promise
    overview: str
    action: str

    @property
    def key(self) -> str:
        return self.scope.lower()


def chain(tenant: Tenant, resource: Resource) -> list[Place]:
    places = [Place(tenant.scope, tenant.name, _("tenant"), "/tenant/", actions.TENANT_READ)]
    if isinstance(resource, ResourceGroup):
        places += [place_of(resource.subscription)]
    if isinstance(resource, GroupedResource):
        places += [place_of(resource.subscription), place_of(resource.resource_group)]
        if isinstance(resource, VirtualMachine) and resource.scale_set is not None:
            places += [place_of(resource.scale_set)]
    return [*places, place_of(resource)] if isinstance(resource, Scoped) else places


def place_of(resource: Scoped) -> Place:
    if isinstance(resource, Subscription):
        return _subscription(resource)
    if isinstance(resource, ResourceGroup):
        return _group(resource)
    if isinstance(resource, VirtualMachine) and resource.scale_set is not None:
        return _instance(resource, resource.scale_set)
    assert isinstance(resource, GroupedResource)  # noqa: S101 - whatever else has a scope lies in a group
    return _grouped(resource)


def _subscription(subscription: Subscription) -> Place:
    address = f"/subs/{subscription.id}/"
    return Place(subscription.scope, subscription.name, _("subscription"), address, actions.SUBSCRIPTION_READ)


def _group(group: ResourceGroup) -> Place:
    address = f"/resource-groups/{group.subscription_id}/{group.name}/"
    return Place(group.scope, group.name, _("resource group"), address, actions.GROUP_READ)


def _grouped(resource: GroupedResource) -> Place:
    prefix, kind, action = PAGES.get(type(resource), ("", _("network resource"), ""))
    address = (
        f"{prefix}{resource.subscription_id}/{resource.resource_group.name}/{resource.name}/"
        if prefix
        else ""
    )
    return Place(resource.scope, resource.name, kind, address, action)


def _instance(vm: VirtualMachine, scale_set: ScaleSet) -> Place:
    address = f"/scale-sets/{vm.subscription_id}/{vm.resource_group.name}/{scale_set.name}/{vm.instance_id}/"
    return Place(vm.scope, vm.name, _("scale-set instance"), address, actions.VM_READ)
