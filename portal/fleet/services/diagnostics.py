"""Changes what is kept of a machine's serial output, and what happens to the guest's login when the last person leaves."""

from django.db import transaction

from accounts import actions, audit, events
from accounts.principals import Principal
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.services.holds import refuse_on_hold
from portal.fleet.services.switches import set_boot_diagnostics

KEPT = ("log_limit_bytes", "log_out_on_detach", "logout_string")


@transaction.atomic
def change_boot_diagnostics(
    *,
    by: Principal,
    vm: VirtualMachine,
    enabled: bool,
    account: StorageAccount | None,
    log_limit_bytes: int,
    log_out_on_detach: str,
    logout_string: str,
) -> VirtualMachine:
    """Only what differs is written and audited; the logout string's text is not, since it may hold a secret. Raises OnHold."""
    vm = VirtualMachine.objects.select_for_update().get(id=vm.id)
    if log_limit_bytes < vm.log_limit_bytes:
        refuse_on_hold(vm.tenant_id, vm.scope_key)
    if (vm.boot_diagnostics, vm.diagnostics_account) != (enabled, account):
        vm = set_boot_diagnostics(by=by, vm=vm, enabled=enabled, account=account)
    wanted = dict(zip(KEPT, (log_limit_bytes, log_out_on_detach, logout_string), strict=True))
    changed = [field for field in KEPT if getattr(vm, field) != wanted[field]]
    if changed:
        for field in changed:
            setattr(vm, field, wanted[field])
        vm.full_clean()
        vm.save(update_fields=changed)
        told = {field: wanted[field] for field in changed if field != "logout_string"}
        audit.record(
            by=by,
            action=actions.VM_WRITE,
            scope=vm.scope,
            tenant_id=vm.tenant_id,
            details={"changed": changed, **told},
        )
        events.announce_lines(vm.host)
    return vm
