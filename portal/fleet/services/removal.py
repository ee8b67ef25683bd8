from django.db import transaction

from accounts import actions, audit, events
from accounts.principals import Principal
from accounts.services.vanished import remove_assignments_below
from portal.fleet.models import VirtualMachine


@transaction.atomic
def remove_vm(*, by: Principal, vm: VirtualMachine) -> None:
    """The portal forgets the machine, its port, history and what was assigned on it; the machine itself is left alone."""
    assignments = remove_assignments_below(by=by, tenant=vm.tenant, scope=vm.scope)
    audit.record(
        by=by,
        action=actions.VM_DELETE,
        scope=vm.scope,
        tenant_id=vm.tenant_id,
        details={"removed": vm.name, "assignments": assignments},
    )
    events.announce(events.SWITCH_CHANGED, vm.tenant_id, vm=vm.scope_key, enabled=False)
    events.announce_lines(vm.host)
    vm.delete()
