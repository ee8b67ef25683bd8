"""What a machine is shown as while an operation works on it, and after. In: a power state. Out: the row, its health, hints to pages and hubs."""

from django.db import transaction
from django.utils import timezone

from accounts import events
from portal.fleet.models import VirtualMachine
from portal.fleet.models.vms import PowerState
from portal.fleet.services.health import note_health


@transaction.atomic
def show_power(*, vm_id: int, power_state: PowerState) -> None:
    """The hub of its host lets go of the lines of what is off, and holds those of what starts."""
    vm = VirtualMachine.objects.select_for_update().filter(id=vm_id).first()
    if vm is None or vm.power_state == power_state:
        return
    vm.power_state, vm.state_changed_at = power_state, timezone.now()
    vm.save(update_fields=["power_state", "state_changed_at"])
    note_health(vm=vm, at=vm.state_changed_at)
    events.announce_lines(vm.host)
    events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)
