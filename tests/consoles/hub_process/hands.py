"""Services called beside the hub, as a page or a command would. In: a line of JSON per act. Out: a line of JSON once it is committed."""

import json
import sys
from typing import Any

import django

django.setup()

from django.utils import timezone  # noqa: E402

from accounts import events, principals  # noqa: E402  needs the apps loaded
from accounts.services.tenants import create_tenant  # noqa: E402
from consoles.archive.erasing import erase_output  # noqa: E402
from consoles.models import ArchivedPiece  # noqa: E402
from portal.fleet.models import ResourceGroup, SerialPort, VirtualMachine  # noqa: E402
from portal.fleet.services import alerts, diagnostics, removal, resources, sightings, switches  # noqa: E402

BY = principals.system("tests")


def add(name: str, url: str, host: str = "local") -> str:
    """Its line's id."""
    place = ResourceGroup.objects.first() or _place()
    made = resources.add_vm(by=BY, group=place, name=name, os="Linux", serial_url=url, host=host)
    return str(made.ports.get().line_id)


def _place() -> ResourceGroup:
    tenant = create_tenant(by=BY, name="Contoso", slug="contoso")
    paid = resources.create_subscription(by=BY, tenant=tenant, name="production")
    return resources.create_resource_group(by=BY, subscription=paid, name="web")


def machine(name: str, url: str) -> None:
    vm = VirtualMachine.objects.get(name=name)
    VirtualMachine.objects.filter(id=vm.id).update(machine_url=url)
    events.announce_lines(vm.host)


def known(name: str) -> dict[str, Any]:
    """What is written of its machine."""
    vm = VirtualMachine.objects.get(name=name)
    return {"power": vm.power_state, "trouble": vm.trouble, "can": vm.machine_can}


def aim(address: str) -> str:
    """The secret of a webhook that hears of trouble."""
    tenant = VirtualMachine.objects.all()[0].tenant
    return alerts.add_alert_target(by=BY, tenant=tenant, kind="webhook", address=address)[1]


def see(name: str, kind: str) -> None:
    sightings.record_sighting(vm=VirtualMachine.objects.get(name=name), kind=kind, at=timezone.now())


def remove(name: str) -> None:
    removal.remove_vm(by=BY, vm=VirtualMachine.objects.get(name=name))


def port(name: str, on: bool) -> None:
    switches.switch_port(by=BY, port=SerialPort.objects.get(vm__name=name), enabled=on)


def boot_diagnostics(name: str, on: bool) -> None:
    switches.set_boot_diagnostics(by=BY, vm=VirtualMachine.objects.get(name=name), enabled=on)


def limit(name: str, size: int) -> None:
    vm = VirtualMachine.objects.get(name=name)
    diagnostics.change_boot_diagnostics(
        by=BY,
        vm=vm,
        enabled=True,
        account=None,
        log_limit_bytes=size,
        log_out_on_detach="none",
        logout_string="",
    )


def quietly_off(name: str) -> None:
    """Nobody is told, as when a hint was lost."""
    VirtualMachine.objects.filter(name=name).update(power_state="stopped")


def erase(name: str) -> int:
    """Before which offset."""
    vm = VirtualMachine.objects.get(name=name)
    return erase_output(by=BY, vm=vm, reason="a password").before


def archived(name: str) -> list[tuple[int, int]]:
    """The pieces that stores have, from where to where."""
    pieces = ArchivedPiece.objects.filter(vm__name=name).order_by("start")
    return list(pieces.values_list("start", "end"))


ACTS = {
    act.__name__: act
    for act in (
        add,
        machine,
        known,
        aim,
        see,
        remove,
        port,
        boot_diagnostics,
        limit,
        quietly_off,
        erase,
        archived,
    )
}


def said(line: str) -> dict[str, Any]:
    asked = json.loads(line)
    try:
        return {"done": ACTS[asked["act"]](**asked["what"])}
    except Exception as problem:
        return {"problem": f"{asked['act']}: {problem!r}"}


for line in sys.stdin:
    print(json.dumps(said(line)), flush=True)
