"""Puts real guests into a demonstration that is there, and wakes them. In: what was built. Out: machines in rows, acts that were asked for.

`make run` calls it every time, `make lab` after it built: what is there already stays as it is.
"""

from urllib.parse import quote

from django.db.models import QuerySet
from django.utils import timezone

from portal.fleet.demo import lab
from portal.fleet.demo.world import DEMO, World
from portal.fleet.models import ResourceGroup, VirtualMachine
from portal.fleet.models.operations import OperationKind
from portal.fleet.models.vms import OsKind, PowerState
from portal.fleet.operations.possible import Impossible
from portal.fleet.services.operations import Busy, ask
from portal.fleet.services.resources import add_vm, create_resource_group
from portal.machines.qemu.process import Process

GROUP = "rescue"  # of the full Debians


def add_full(world: World | None = None) -> None:
    """Those of `make lab`, to a new world or to the one that is there."""
    home = ResourceGroup.objects.filter(tenant__slug="contoso", name="test").first()
    if home is None:
        return
    for name, endpoints in lab.full_guests():
        if not VirtualMachine.objects.filter(tenant=home.tenant, name=name).exists():
            vm = _add(home, name, endpoints)
            if world:
                world.vms[vm.name] = vm


def count() -> int:
    return _all().count()


def wake() -> list[str]:
    """Asks for the start of those that run with Homeport and do not."""
    sleeping = [vm for vm in _all().filter(name__in=lab.RUNNING) if not Process(lab.folder() / vm.name).alive]
    return [vm.name for vm in sleeping if _started(vm)]


def _all() -> QuerySet[VirtualMachine]:
    return VirtualMachine.objects.filter(machine_url__startswith=f"qemu://{quote(str(lab.folder()))}/")


def _started(vm: VirtualMachine) -> bool:
    try:
        ask(by=DEMO, vm=vm, kind=OperationKind.START)
    except (Busy, Impossible):
        return False
    return True


def _add(home: ResourceGroup, name: str, endpoints: lab.Endpoints) -> VirtualMachine:
    group = ResourceGroup.objects.filter(subscription=home.subscription, name=GROUP).first()
    return add_vm(
        by=DEMO,
        group=group or create_resource_group(by=DEMO, subscription=home.subscription, name=GROUP),
        name=name,
        os=OsKind.LINUX,
        os_name=lab.DEBIAN,
        size="Standard_B1ms",
        serial_url=endpoints.serial,
        machine_url=endpoints.machine,
        power_state=PowerState.DEALLOCATED,
        state_changed_at=timezone.now(),
    )
