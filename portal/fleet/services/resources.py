"""Creates subscriptions, resource groups and virtual machines, and changes a subscription's settings."""

from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.conditions import address_allowed
from accounts.models import Tenant
from accounts.principals import SYSTEM, Principal
from portal.fleet.endpoints import check_machine_url, check_serial_url
from portal.fleet.models import ResourceGroup, SerialPort, Subscription, VirtualMachine


@transaction.atomic
def create_subscription(
    *, by: Principal, tenant: Tenant, name: str, subscription_id: UUID | None = None
) -> Subscription:
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
    group = ResourceGroup(
        tenant_id=subscription.tenant_id, subscription=subscription, name=name, location=location
    )
    group.full_clean()
    group.save()
    audit.record(
        by=by,
        action=actions.GROUP_WRITE,
        scope=group.scope,
        tenant_id=group.tenant_id,
        details={"created": name},
    )
    return group


@transaction.atomic
def add_vm(
    *, by: Principal, group: ResourceGroup, name: str, os: str, serial_url: str, **fields: object
) -> VirtualMachine:
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
    events.announce_lines(vm.host)
    return vm


@transaction.atomic
def rename_subscription(*, by: Principal, subscription: Subscription, name: str) -> Subscription:
    """Its id and scope stay; only what people read changes."""
    before, subscription.name = subscription.name, name
    subscription.full_clean()
    subscription.save(update_fields=["name"])
    _record_subscription(by, subscription, {"renamed": {"before": before, "after": name}})
    return subscription


@transaction.atomic
def set_address_rules(*, by: Principal, subscription: Subscription, rules: list[str]) -> Subscription:
    """From elsewhere people may look but not act; whoever sets the rules must be able to undo them."""
    if rules and by.kind != SYSTEM and not address_allowed(by.address, rules):
        raise ValidationError(
            {
                "rules": _(
                    "You are at %(address)s, which none of these lines allows: you would lock yourself out. Add it, or a network around it."
                )
                % {"address": by.address or _("an unknown address")}
            }
        )
    before, subscription.address_rules = subscription.address_rules, rules
    subscription.full_clean()
    subscription.save(update_fields=["address_rules"])
    _record_subscription(by, subscription, {"address_rules": {"before": before, "after": rules}})
    events.announce(events.ACCESS_CHANGED, subscription.tenant_id)
    return subscription


@transaction.atomic
def set_console_times(
    *, by: Principal, subscription: Subscription, idle_minutes: int, longest_minutes: int
) -> Subscription:
    """For sessions that are open too: those over the new times end. 0 is no bound."""
    subscription = Subscription.objects.select_for_update().get(id=subscription.id)
    after = {"idle_minutes": idle_minutes, "longest_minutes": longest_minutes}
    before = {name: getattr(subscription, f"console_{name}") for name in after}
    for name, minutes in after.items():
        setattr(subscription, f"console_{name}", minutes)
    subscription.full_clean()
    subscription.save(update_fields=[f"console_{name}" for name in after])
    _record_subscription(by, subscription, {"console_times": {"before": before, "after": after}})
    events.announce(events.SWITCH_CHANGED, subscription.tenant_id, subscription=str(subscription.id))
    return subscription


def _record_subscription(by: Principal, subscription: Subscription, details: dict[str, object]) -> None:
    audit.record(
        by=by,
        action=actions.SUBSCRIPTION_WRITE,
        scope=subscription.scope,
        tenant_id=subscription.tenant_id,
        details=details,
    )
