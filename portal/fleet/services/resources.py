"""Creates subscriptions, resource groups and virtual machines."""

from uuid import UUID, uuid4

from django.db import transaction

from accounts import actions, audit
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.endpoints import check_machine_url, check_serial_url
from portal.fleet.models import ResourceGroup, SerialPort, Subscription, VirtualMachine


@transaction.atomic
def create_subscription(*, by: Principal, tenant: Tenant, name: str, subscription_id: UUID | None = None) -> Subscription:
    subscription = Subscription(id=subscription_id or uuid4(), tenant=tenant, name=name)
    subscription.full_clean()
    subscription.save()
    audit.record(
        by=by,
        action=actions.SUBSCRIPTION_WRITE,
        scope=subscription.scope,
        tenant_id=tenant.id,
        details={"created": name},
    )
    return subscription


@transaction.atomic
def create_resource_group(
    *, by: Principal, subscription: Subscription, name: str, location: str = "local"
) -> ResourceGroup:
    group = ResourceGroup(tenant_id=subscription.tenant_id, subscription=subscription, name=name, location=location)
    group.full_clean()
    group.save()
    audit.record(
        by=by, action=actions.GROUP_WRITE, scope=group.scope, tenant_id=group.tenant_id, details={"created": name}
    )
    return group


@transaction.atomic
def add_vm(*, by: Principal, group: ResourceGroup, name: str, os: str, serial_url: str, **fields: object) -> VirtualMachine:
    """Registers a machine and its first serial port; nothing is created when any value is wrong."""
    check_serial_url(serial_url)
    vm = VirtualMachine(
        tenant_id=group.tenant_id,
        subscription=group.subscription,
        resource_group=group,
        name=name,
        os=os,
        **{"location": group.location, **fields},
    )
    check_machine_url(vm.machine_url)
    vm.full_clean()
    vm.save()
    port = SerialPort(vm=vm, number=0, url=serial_url)
    port.full_clean()
    port.save()
    audit.record(
        by=by,
        action=actions.VM_WRITE,
        scope=vm.scope,
        tenant_id=vm.tenant_id,
        details={"created": name, "os": os, "host": vm.host},
    )
    return vm
