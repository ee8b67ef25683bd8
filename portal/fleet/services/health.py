"""What is known of a VM's availability, as a row for each time it changed. The sentences are kept in English and translated when shown."""

from datetime import datetime

from django.utils.translation import gettext_noop as _

from portal.fleet.models import HealthEvent, SightingKind, VirtualMachine
from portal.fleet.models.vms import PowerState
from portal.fleet.services.bounded import keep_newest

AVAILABLE, UNAVAILABLE, DEGRADED, UNKNOWN = "Available", "Unavailable", "Degraded", "Unknown"

OF_POWER: dict[str, tuple[str, str]] = {
    PowerState.RUNNING: (AVAILABLE, _("The machine runs.")),
    PowerState.STOPPED: (UNAVAILABLE, _("The machine is stopped.")),
    PowerState.DEALLOCATED: (UNAVAILABLE, _("The machine is stopped (deallocated).")),
    PowerState.UNKNOWN: (UNKNOWN, _("Nobody answers where the machine should be.")),
}
OF_TROUBLE: dict[str, tuple[str, str]] = {
    SightingKind.PANIC: (DEGRADED, _("The guest's kernel has panicked.")),
    SightingKind.OOPS: (DEGRADED, _("The guest's kernel reported a fault of its own.")),
    SightingKind.EMERGENCY: (DEGRADED, _("The guest has started in emergency mode.")),
    SightingKind.FSCK: (DEGRADED, _("The guest's file-system check has failed.")),
}


def note_health(*, vm: VirtualMachine, at: datetime) -> HealthEvent | None:
    """The new row, or None while it is what the newest one says, or while the machine is on its way from one state to another."""
    now = OF_POWER.get(vm.power_state)
    if vm.trouble and vm.power_state == PowerState.RUNNING:
        now = OF_TROUBLE[vm.trouble]
    known = HealthEvent.objects.filter(vm=vm).values_list("state", "summary").first()
    if now is None or now == known:
        return None
    event = HealthEvent.objects.create(vm=vm, at=at, state=now[0], summary=now[1])
    keep_newest(event)
    return event
