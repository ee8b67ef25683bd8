"""Whether an act makes sense on a machine as it is known to be. In: machine, kind, what was said along with it. Out: the details to keep, or Impossible."""

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from portal.fleet.models import VirtualMachine
from portal.fleet.models.operations import OperationKind
from portal.fleet.models.vms import OsKind, PowerState
from portal.fleet.operations.kinds import KINDS

LETTERS = re.compile(r"[A-Za-z0-9]{1,20}")
LONGEST_PAUSE = 10.0  # seconds
LONGEST_SEQUENCE = 60.0  # all pauses together: a worker waits that long
NO_MACHINE = "none://"
OFF = (PowerState.STOPPED, PowerState.DEALLOCATED)
NEEDS_RUNNING = frozenset(
    {
        OperationKind.RESTART,
        OperationKind.RESET,
        OperationKind.NMI,
        OperationKind.SYSRQ,
        OperationKind.CTRL_ALT_DEL,
        OperationKind.SCREENSHOT,
        OperationKind.FACTS,
        OperationKind.HANG_UP,
    }
)

Details = dict[str, object]


class Impossible(Exception):
    """`code` for programs, `sentence` for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code, self.sentence = code, sentence


def checked(vm: VirtualMachine, kind: str, said: Mapping[str, object]) -> Details:
    _can(vm, kind)
    if kind in NEEDS_RUNNING and vm.power_state in OFF:
        raise Impossible("stopped", _("%(name)s is not running. Start it first.") % {"name": vm.name})
    if kind == OperationKind.SYSRQ:
        return _keys(vm, said)
    if kind == OperationKind.HANG_UP:
        return {"port": _number(said.get("port", 0), 0, 99)}
    return {}


def _can(vm: VirtualMachine, kind: str) -> None:
    """A machine that nobody has looked at yet is asked itself."""
    needs = KINDS[kind].needs
    if needs is None:
        return
    if vm.machine_url.startswith(NO_MACHINE):
        raise Impossible(
            "cannot",
            _("%(name)s is a bare serial line: there is nothing behind it that could do this.")
            % {"name": vm.name},
        )
    if vm.machine_can and needs not in vm.machine_can:
        raise Impossible("cannot", _("The machine behind %(name)s cannot do this.") % {"name": vm.name})


def _keys(vm: VirtualMachine, said: Mapping[str, object]) -> Details:
    if vm.os != OsKind.LINUX:
        raise Impossible(
            "not_linux", _("SysRq is for Linux only; %(name)s runs Windows.") % {"name": vm.name}
        )
    letters = str(said.get("letters", ""))
    if not LETTERS.fullmatch(letters):
        raise Impossible("letters", _("SysRq takes 1 to 20 letters or digits and nothing else."))
    if not (vm.subscription.console_enabled and vm.boot_diagnostics):
        raise Impossible("console_off", _("The console of %(name)s is switched off.") % {"name": vm.name})
    longest = min(LONGEST_PAUSE, LONGEST_SEQUENCE / len(letters))
    return {"letters": letters.lower(), "pause": _number(said.get("pause", 1), 0, longest)}


def _number(said: object, least: float, most: float) -> float:
    try:
        value = float(str(said))
    except ValueError:
        value = -1.0
    if not least <= value <= most:
        raise Impossible(
            "number",
            _("A number from %(least)g to %(most)g is wanted there.") % {"least": least, "most": most},
        )
    return value
