"""The state of machines, as their host's follower saw it. In: a state. Out: the row, what it means for the VM's health, and hints.

While somebody's operation is under way, the operation says what the machine is shown as.
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts import events
from portal.fleet.models import Operation, VirtualMachine
from portal.fleet.models.operations import UNFINISHED
from portal.fleet.models.vms import PowerState
from portal.fleet.services.health import note_health

NO_LINE = (PowerState.STOPPED, PowerState.DEALLOCATING, PowerState.DEALLOCATED)  # nothing is printed in these


@transaction.atomic
def record_state(*, vm_id: int, power_state: PowerState, can: list[str], at: datetime) -> bool:
    """False while an operation holds the machine: then what was seen must be looked at anew."""
    vm = VirtualMachine.objects.select_for_update().filter(id=vm_id).first()
    if vm is None:
        return True
    if is_held(vm_id=vm_id):
        return False
    turned = vm.power_state != power_state
    if turned and vm.state_changed_at and at <= vm.state_changed_at:
        at = timezone.now()  # seen before somebody said otherwise, and still so
    if (vm.power_state in NO_LINE) != (power_state in NO_LINE):
        events.announce_lines(vm.host)
    if turned:
        vm.power_state, vm.state_changed_at = power_state, at
    if turned or vm.machine_can != can:
        vm.machine_can = can
        VirtualMachine.objects.filter(id=vm.id).update(
            power_state=vm.power_state, state_changed_at=vm.state_changed_at, machine_can=can
        )
        events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)
    note_health(vm=vm, at=at)
    return True


def is_held(*, vm_id: int) -> bool:
    """Whether somebody's operation is under way that excludes others."""
    return Operation.objects.filter(vm_id=vm_id, exclusive=True, state__in=UNFINISHED).exists()
