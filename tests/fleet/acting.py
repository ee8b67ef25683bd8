"""Pretended machines for tests of acts: made to order by their URL, each with a name of its own."""

from typing import Any
from uuid import uuid4

from portal.fleet.models import Operation, VirtualMachine
from portal.fleet.models.vms import PowerState
from portal.fleet.operations.performing import perform
from portal.fleet.services.operations import ask
from tests.world import SYSTEM


def scripted(vm: VirtualMachine, power: str = "running", **options: str) -> VirtualMachine:
    said = {"power": power, "begins": "0", "ends": "0", **options}
    query = "&".join(f"{name}={value}" for name, value in said.items())
    vm.machine_url = f"scripted://linux-login/{vm.name}-{uuid4().hex[:8]}?{query}"
    vm.power_state = PowerState(power)
    vm.save(update_fields=["machine_url", "power_state"])
    return vm


def done(vm: VirtualMachine, kind: str, by: Any = SYSTEM, **details: object) -> Operation:
    """Asked for, and performed here instead of in a worker."""
    asked = ask(by=by, vm=vm, kind=kind, details=details)
    perform(asked.id)
    return ended(asked)


def ended(operation: Operation) -> Operation:
    return Operation.objects.select_related("vm").get(id=operation.id)
