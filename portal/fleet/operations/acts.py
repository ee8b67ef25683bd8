"""The acts themselves, one function for each kind. In: what an act has in its hands. Out: the machine as it was wanted, and shown so.

Order matters: a machine's line is held before its first instruction runs, so that the firmware's first byte is not lost.
"""

from collections.abc import Callable

from django.utils import timezone

from portal.fleet.models.operations import OperationKind
from portal.fleet.models.vms import PowerState
from portal.fleet.operations import lines
from portal.fleet.operations.doing import Doing
from portal.fleet.operations.sentences import IGNORED, SYSRQ_CANNOT
from portal.fleet.services.guests import record_facts, record_screenshot
from portal.fleet.services.sightings import clear_trouble
from portal.machines.base import AGENT_SILENT, CANNOT, GONE, Can, Failed, State

FOR_STARTING = 30.0  # seconds of a restart that are kept for its second half
FOR_ENDING = 3.0


def start(doing: Doing) -> None:
    if doing.do(doing.machine.state) is not State.RUNNING:
        doing.do(doing.machine.prepare)
        _run(doing)
    doing.show(PowerState.RUNNING)


def restart(doing: Doing) -> None:
    if doing.do(doing.machine.state) is State.RUNNING:
        _shut_down(doing, keep=FOR_STARTING)
    start(doing)


def shut_down(doing: Doing) -> None:
    if doing.do(doing.machine.state) is State.RUNNING:
        _shut_down(doing, keep=FOR_ENDING)
    else:
        doing.show_what_is()


def power_off(doing: Doing) -> None:
    doing.show(PowerState.STOPPING)
    doing.do(doing.machine.power_off)
    doing.show(PowerState.STOPPED)


def reset(doing: Doing) -> None:
    at = timezone.now()
    doing.do(doing.machine.reset)
    clear_trouble(vm_id=doing.vm.id, at=at)
    doing.show(PowerState.RUNNING)


def deallocate(doing: Doing) -> None:
    doing.show(PowerState.DEALLOCATING)
    doing.do(doing.machine.deallocate)
    doing.show(PowerState.DEALLOCATED)


def redeploy(doing: Doing) -> None:
    doing.show(PowerState.STOPPING)
    doing.do(doing.machine.redeploy)
    doing.step(60)
    _run(doing)
    doing.show(PowerState.RUNNING)


def interrupt(doing: Doing) -> None:
    doing.do(doing.machine.interrupt)


def ctrl_alt_del(doing: Doing) -> None:
    doing.do(lambda: doing.machine.press(["ctrl", "alt", "delete"]))


def sysrq(doing: Doing) -> None:
    letters, pause = str(doing.operation.details["letters"]), float(doing.operation.details["pause"])
    for index, letter in enumerate(letters):
        if index:
            doing.pause(pause)
        doing.still_wanted()
        _press_sysrq(doing, letter)
        doing.result = {"sent": letters[: index + 1]}
        doing.step(100 * (index + 1) // len(letters))


def screenshot(doing: Doing) -> None:
    png = doing.do(doing.machine.screenshot)
    record_screenshot(vm_id=doing.vm.id, png=png, at=timezone.now())


def facts(doing: Doing) -> None:
    try:
        said = doing.do(doing.machine.agent().facts)
    except Failed as failed:
        if failed.code == AGENT_SILENT:
            record_facts(vm_id=doing.vm.id, facts=None, at=timezone.now())
        raise
    record_facts(vm_id=doing.vm.id, facts=said, at=timezone.now())


def hang_up(doing: Doing) -> None:
    number = int(doing.operation.details["port"])
    reached = doing.do(lambda: doing.machine.agent().hang_up(f"ttyS{number}"))
    doing.result = {"processes": reached}


ACTS: dict[str, Callable[[Doing], None]] = {
    OperationKind.START: start,
    OperationKind.RESTART: restart,
    OperationKind.SHUT_DOWN: shut_down,
    OperationKind.POWER_OFF: power_off,
    OperationKind.RESET: reset,
    OperationKind.DEALLOCATE: deallocate,
    OperationKind.REDEPLOY: redeploy,
    OperationKind.NMI: interrupt,
    OperationKind.SYSRQ: sysrq,
    OperationKind.CTRL_ALT_DEL: ctrl_alt_del,
    OperationKind.SCREENSHOT: screenshot,
    OperationKind.FACTS: facts,
    OperationKind.HANG_UP: hang_up,
}


def _run(doing: Doing) -> None:
    """Shown as starting first: the hub connects then, and the machine waits for it."""
    at = timezone.now()
    doing.show(PowerState.STARTING)
    doing.do(doing.machine.start)
    clear_trouble(vm_id=doing.vm.id, at=at)


def _shut_down(doing: Doing, *, keep: float) -> None:
    doing.show(PowerState.STOPPING)
    if "guest_asked" not in doing.operation.details:
        doing.do(doing.machine.shut_down)
    if not doing.wait_for(State.STOPPED, doing.left - keep):
        raise Failed(IGNORED)
    doing.show(PowerState.STOPPED)


def _press_sysrq(doing: Doing, letter: str) -> None:
    """By the line, where it can break; else on the machine's keyboard."""
    if lines.send_sysrq is not None:
        try:
            lines.send_sysrq(doing.vm, letter, 0)
            return
        except Failed as failed:
            if failed.code not in (CANNOT, GONE):
                raise
    if Can.KEYS not in doing.machine.can:
        raise Failed(SYSRQ_CANNOT)
    doing.do(lambda: doing.machine.press(["alt", "sysrq", letter]))
