"""Reads of what is managed. Every one goes through the gate: a single thing by `authorize`, a list by `visible_to`."""

from uuid import UUID

from django.db.models import QuerySet

from accounts import actions, scopes
from accounts.access import Decision, NotVisible, Resource, authorize_first, visible_to
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models import (
    NetworkInterface,
    ResourceGroup,
    ScaleSet,
    SecurityGroup,
    StorageAccount,
    Subscription,
    VirtualMachine,
    VirtualNetwork,
)
from portal.fleet.models.scoped import Scoped

RESOURCES: dict[str, type[Scoped]] = {
    "microsoft.compute/virtualmachines": VirtualMachine,
    "microsoft.compute/virtualmachinescalesets": ScaleSet,
    "microsoft.compute/virtualmachinescalesets/virtualmachines": VirtualMachine,
    "microsoft.storage/storageaccounts": StorageAccount,
    "microsoft.network/virtualnetworks": VirtualNetwork,
    "microsoft.network/networksecuritygroups": SecurityGroup,
    "microsoft.network/networkinterfaces": NetworkInterface,
}


def vms(principal: Principal, action: str = actions.VM_READ) -> "QuerySet[VirtualMachine]":
    return visible_to(
        principal,
        action,
        VirtualMachine.objects.select_related("subscription", "resource_group", "scale_set"),
    )


def resource_at(principal: Principal, action: str, scope: str) -> Resource:
    """The thing at a scope, of whatever type, once the gate has allowed the action; NotVisible when there is none."""
    return resource_and_rights(principal, [action], scope)[0]


def resource_and_rights(
    principal: Principal, wanted: list[str], scope: str
) -> tuple[Resource, dict[str, Decision]]:
    """The same, and what the gate says of further actions there: the first one must be allowed."""
    resource = _find(scope.rstrip("/").lower())
    if resource is None:
        raise NotVisible
    return resource, authorize_first(principal, wanted, resource)


def what_remains_of(scope: str, tenant: Tenant) -> Resource:
    """What a thing that is gone lay in, as far as that is still there; who calls this asks the gate about it."""
    *above, _gone = scopes.ancestors(scope, tenant.id)
    found = (_find(key) for key in reversed(above))
    return next((one for one in found if one is not None and one.tenant_id == tenant.id), tenant)


def _find(key: str) -> Resource | None:
    parts = key.strip("/").split("/")
    if parts[0] == "tenants" and len(parts) == 2:
        return _tenant(parts[1])
    model = _model_of(parts)
    if model is None:
        return None
    found: Resource | None = (
        model._default_manager.filter(scope_key=key).select_related(*model.SCOPE_PARENTS).first()
    )
    return found


def _tenant(raw: str) -> Tenant | None:
    try:
        return Tenant.objects.filter(id=UUID(raw)).first()
    except ValueError:
        return None


def _model_of(parts: list[str]) -> type[Scoped] | None:
    if parts[0] != "subscriptions":
        return None
    if len(parts) == 2:
        return Subscription
    if len(parts) == 4 and parts[2] == "resourcegroups":
        return ResourceGroup
    if len(parts) >= 8 and parts[4] == "providers":
        return RESOURCES.get("/".join([parts[5], *parts[6::2]]))
    return None
