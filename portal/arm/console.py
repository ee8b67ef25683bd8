"""Microsoft.SerialConsole: the subscription's console switch, and the state of serial ports."""

from typing import Literal
from uuid import UUID

from ninja import Router, Schema, Status

from accounts import actions
from accounts.access import NotVisible
from consoles.sessions import lines_in_use, live_lines
from portal.arm import finding, shapes
from portal.arm.errors import no_subscription
from portal.arm.paging import page
from portal.arm.requests import ArmRequest
from portal.fleet import selectors
from portal.fleet.models import SerialPort, Subscription, VirtualMachine
from portal.fleet.services.switches import switch_console, switch_port

router = Router(tags=["Serial console"])
PROVIDER = "/providers/Microsoft.SerialConsole"
SWITCH = "/subscriptions/{subscription}" + PROVIDER + "/consoleServices/default"
# one machine or one instance of a scale set: virtualMachines/web-1, virtualMachineScaleSets/web/virtualMachines/2
MACHINE = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/{path:machine}"
PORTS = MACHINE + PROVIDER + "/serialPorts"


class PortState(Schema):
    state: Literal["enabled", "disabled"]


class PortChange(Schema):
    properties: PortState


@router.get(PROVIDER + "/operations")
def list_operations(request: ArmRequest) -> shapes.Shape:
    ours = {
        name: text for name, text in actions.MEANINGS.items() if name.startswith("Microsoft.SerialConsole/")
    }
    return {"value": [shapes.operation(name, str(text)) for name, text in ours.items()]}


@router.get(SWITCH)
def get_console_status(request: ArmRequest, subscription: str) -> shapes.Shape:
    return shapes.console(_subscription(request, actions.CONSOLE_READ, subscription))


@router.post(SWITCH + "/disableConsole")
def disable_console(request: ArmRequest, subscription: str) -> shapes.Shape:
    """Ends every live session in the subscription."""
    found = _subscription(request, actions.CONSOLE_DISABLE, subscription)
    return shapes.console(switch_console(by=request.principal, subscription=found, enabled=False))


@router.post(SWITCH + "/enableConsole")
def enable_console(request: ArmRequest, subscription: str) -> shapes.Shape:
    found = _subscription(request, actions.CONSOLE_ENABLE, subscription)
    return shapes.console(switch_console(by=request.principal, subscription=found, enabled=True))


@router.get("/subscriptions/{subscription}" + PROVIDER + "/serialPorts")
def list_ports_of_subscription(request: ArmRequest, subscription: str) -> shapes.Shape:
    found = finding.subscription(request.principal, subscription)
    vms = selectors.vms(request.principal, actions.PORT_READ).filter(subscription=found)
    vms = vms.select_related("scale_set__resource_group").prefetch_related("ports")
    in_use = live_lines(found)
    return page(request, vms, lambda vm: _ports(vm, in_use))


@router.get(PORTS)
def list_ports(request: ArmRequest, subscription: str, group: str, machine: str) -> shapes.Shape:
    scope = _scope(subscription, group, machine)
    vm = finding.one(request.principal, actions.PORT_READ, scope, VirtualMachine)
    return {"value": _ports(vm, lines_in_use(vm.ports.all()))}


@router.get(PORTS + "/{number}")
def get_port(request: ArmRequest, subscription: str, group: str, machine: str, number: str) -> shapes.Shape:
    scope = _scope(subscription, group, machine)
    return _port(finding.port(request.principal, actions.PORT_READ, scope, number))


@router.put(PORTS + "/{number}", response={201: dict})
def put_port(
    request: ArmRequest, subscription: str, group: str, machine: str, number: str, change: PortChange
) -> Status[shapes.Shape]:
    """Enables or disables a port. Clients take 201 and nothing else for success, though nothing is created."""
    port = finding.port(request.principal, actions.PORT_WRITE, _scope(subscription, group, machine), number)
    changed = switch_port(by=request.principal, port=port, enabled=change.properties.state == "enabled")
    return Status(201, _port(changed))


def _subscription(request: ArmRequest, action: str, name: str) -> Subscription:
    """This provider answers for a missing subscription in a form of its own."""
    try:
        return finding.one(request.principal, action, f"/subscriptions/{name}", Subscription)
    except NotVisible as missing:
        raise no_subscription(name, bare=True) from missing


def _scope(subscription: str, group: str, machine: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/{machine}"


def _port(port: SerialPort) -> shapes.Shape:
    return shapes.port(port, in_use=bool(lines_in_use([port])))


def _ports(vm: VirtualMachine, in_use: set[UUID]) -> list[shapes.Shape]:
    return [shapes.port(port, in_use=port.line_id in in_use) for port in vm.ports.all()]
