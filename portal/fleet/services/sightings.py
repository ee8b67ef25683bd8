"""What was seen of a machine. In: what a hub recognised in the bytes of a line, or a machine told of itself. Out: rows, trouble, alerts.

Told twice is told once; nothing else is said of a guest than that: what it printed stays in its log.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import events
from portal.fleet.alerts.making import make_alerts
from portal.fleet.models import Sighting, SightingKind, VirtualMachine
from portal.fleet.models.guests import TROUBLE
from portal.fleet.services.bounded import keep_newest
from portal.fleet.services.health import note_health

WELL_AGAIN = (SightingKind.LOGIN, SightingKind.SAC)
SAME = timedelta(seconds=10)  # what a machine tells of itself has no offset to be known by


@transaction.atomic
def record_sighting(
    *,
    vm: VirtualMachine,
    port_number: int = 0,
    line_id: UUID | None = None,
    kind: str,
    offset: int | None = None,
    at: datetime,
) -> Sighting | None:
    """The new row, or None where it was known already."""
    vm = VirtualMachine.objects.select_for_update().get(id=vm.id)
    if _is_known(vm, line_id, kind, offset, at):
        return None
    seen = Sighting.objects.create(
        vm=vm, port_number=port_number, line_id=line_id, kind=kind, offset=offset, at=at
    )
    keep_newest(seen)
    _judge(vm, seen)
    events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)
    return seen


@transaction.atomic
def clear_trouble(*, vm_id: int, at: datetime) -> bool:
    """It was reset, started, or asks for a login: what was wrong before that moment is over, also what is only noticed after it."""
    vm = VirtualMachine.objects.select_for_update().filter(id=vm_id).first()
    if vm is None or (vm.trouble_at is not None and vm.trouble_at > at):
        return False
    had = vm.trouble
    _put(vm, trouble="", trouble_at=at, trouble_offset=None)
    if not had:
        return False
    note_health(vm=vm, at=at)
    events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)
    return True


def _is_known(vm: VirtualMachine, line_id: UUID | None, kind: str, offset: int | None, at: datetime) -> bool:
    if offset is not None:
        return Sighting.objects.filter(line_id=line_id, offset=offset, kind=kind).exists()
    near = Sighting.objects.filter(vm=vm, kind=kind, offset=None, at__gt=at - SAME, at__lt=at + SAME)
    return near.exists()


def _judge(vm: VirtualMachine, seen: Sighting) -> None:
    if seen.kind in WELL_AGAIN:
        clear_trouble(vm_id=vm.id, at=seen.at)
    elif seen.kind in TROUBLE and vm.trouble == seen.kind:
        _find_again(vm, seen)
    elif seen.kind in TROUBLE and _is_news(vm, seen):
        _put(vm, trouble=seen.kind, trouble_at=seen.at, trouble_offset=seen.offset)
        note_health(vm=vm, at=seen.at)
        make_alerts(seen)


def _find_again(vm: VirtualMachine, seen: Sighting) -> None:
    """It keeps its beginning, and gains its place in the log where a machine told of it before the line did."""
    if vm.trouble_offset is None:
        _put(vm, trouble_offset=seen.offset)


def _is_news(vm: VirtualMachine, seen: Sighting) -> bool:
    """What is older than the trouble known is not, nor is an oops in the middle of a panic's own words."""
    if vm.trouble_at is not None and vm.trouble_at > seen.at:
        return False
    return not (vm.trouble == SightingKind.PANIC and seen.kind == SightingKind.OOPS)


def _put(vm: VirtualMachine, **fields: object) -> None:
    for name, value in fields.items():
        setattr(vm, name, value)
    VirtualMachine.objects.filter(id=vm.id).update(**fields)
