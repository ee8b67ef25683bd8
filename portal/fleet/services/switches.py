"""The three switches of a console: the subscription's, the VM's boot diagnostics, the port's. Each change is announced."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.principals import Principal
from portal.fleet.models import SerialPort, StorageAccount, Subscription, VirtualMachine
from portal.fleet.models.storage import StorageKind
from portal.fleet.services.holds import refuse_on_hold


@transaction.atomic
def switch_console(
    *, by: Principal, subscription: Subscription, enabled: bool, reason: str = ""
) -> Subscription:
    """Off ends every live session in the subscription. Setting what is set already is no error and changes nothing."""
    subscription = Subscription.objects.select_for_update().get(id=subscription.id)
    changed = subscription.console_enabled != enabled
    if changed:
        subscription.console_enabled, subscription.console_reason = enabled, reason
        subscription.console_changed_at, subscription.console_changed_by = timezone.now(), by.name
        subscription.full_clean()
        subscription.save()
        events.announce(
            events.SWITCH_CHANGED, subscription.tenant_id, subscription=str(subscription.id), enabled=enabled
        )
    audit.record(
        by=by,
        action=actions.CONSOLE_ENABLE if enabled else actions.CONSOLE_DISABLE,
        scope=subscription.scope,
        tenant_id=subscription.tenant_id,
        details={"enabled": enabled, "changed": changed, "reason": reason},
    )
    return subscription


@transaction.atomic
def set_boot_diagnostics(
    *, by: Principal, vm: VirtualMachine, enabled: bool, account: StorageAccount | None = None
) -> VirtualMachine:
    """Off takes the console and the recording with it. Without an account the portal's managed one is used. Raises OnHold: what is on hold is recorded on, and gets no other place."""
    if account is not None and account.tenant_id != vm.tenant_id:
        raise ValidationError({"account": _("There is no such storage account.")})
    if account is not None and account.kind == StorageKind.UNSUPPORTED:
        raise ValidationError(
            {"account": _("A premium storage account cannot hold boot diagnostics. Choose another kind.")}
        )
    vm = VirtualMachine.objects.select_for_update().get(id=vm.id)
    if account != vm.diagnostics_account or (vm.boot_diagnostics and not enabled):
        refuse_on_hold(vm.tenant_id, vm.scope_key)
    vm.boot_diagnostics, vm.diagnostics_account = enabled, account
    vm.save(update_fields=["boot_diagnostics", "diagnostics_account"])
    audit.record(
        by=by,
        action=actions.VM_WRITE,
        scope=vm.scope,
        tenant_id=vm.tenant_id,
        details={"boot_diagnostics": enabled, "account": account.scope if account else "managed"},
    )
    events.announce(events.SWITCH_CHANGED, vm.tenant_id, vm=vm.scope_key, enabled=enabled)
    events.announce_lines(vm.host)
    return vm


@transaction.atomic
def switch_port(*, by: Principal, port: SerialPort, enabled: bool) -> SerialPort:
    port = SerialPort.objects.select_for_update().get(id=port.id)
    port.enabled = enabled
    port.save(update_fields=["enabled"])
    audit.record(
        by=by,
        action=actions.PORT_WRITE,
        scope=port.scope,
        tenant_id=port.vm.tenant_id,
        details={"enabled": enabled},
    )
    events.announce(
        events.SWITCH_CHANGED, port.vm.tenant_id, vm=port.vm.scope_key, port=str(port.number), enabled=enabled
    )
    events.announce_lines(port.vm.host)
    return port
