"""What the parts of the demonstration hand to each other, and how any resource is made: saved and audited like everything else."""

from dataclasses import dataclass, field
from typing import TypeVar

from accounts import audit, principals
from accounts.models import Tenant
from portal.fleet.models import ResourceGroup, Subscription, VirtualMachine
from portal.fleet.models.scoped import Resource

R = TypeVar("R", bound=Resource)
DEMO = principals.system("demonstration")


@dataclass
class World:
    tenants: dict[str, Tenant] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    groups: dict[str, ResourceGroup] = field(default_factory=dict)
    vms: dict[str, VirtualMachine] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    owners: dict[str, Tenant] = field(default_factory=dict)

    def place(self, name: str, scope: str, tenant: Tenant) -> None:
        """Remembers where roles can be given, by name."""
        self.scopes[name], self.owners[name] = scope, tenant


def create(resource: R) -> R:
    resource.full_clean()
    resource.save()
    audit.record(
        by=DEMO,
        action=f"{resource.PROVIDER_TYPE}/write",
        scope=resource.scope,
        tenant_id=resource.tenant_id,
        details={"created": resource.name},
    )
    return resource


def belonging_to(group: ResourceGroup) -> dict[str, object]:
    return {
        "tenant": group.tenant,
        "subscription": group.subscription,
        "resource_group": group,
        "location": group.location,
    }
