"""What can be done to a machine. In: an operation's kind. Out: the right it needs, how long it may take, what it excludes."""

from dataclasses import dataclass

from accounts import actions
from portal.fleet.models.operations import OperationKind
from portal.fleet.models.vms import PowerState
from portal.machines.base import Can


@dataclass(frozen=True)
class Kind:
    """`seconds` is the whole time it may take; `meanwhile` what the machine is shown as; `breaks` what is lost without being saved."""

    action: str
    needs: Can | None
    seconds: int
    exclusive: bool = True
    meanwhile: PowerState | None = None
    breaks: bool = False
    supersedes: bool = False


KINDS: dict[str, Kind] = {
    OperationKind.START: Kind(actions.VM_START, Can.POWER, 60, meanwhile=PowerState.STARTING),
    OperationKind.RESTART: Kind(actions.VM_RESTART, Can.POWER, 180, meanwhile=PowerState.STOPPING),
    OperationKind.SHUT_DOWN: Kind(actions.VM_POWER_OFF, Can.POWER, 120, meanwhile=PowerState.STOPPING),
    OperationKind.POWER_OFF: Kind(
        actions.VM_POWER_OFF, Can.POWER, 30, meanwhile=PowerState.STOPPING, breaks=True, supersedes=True
    ),
    OperationKind.RESET: Kind(actions.VM_RESTART, Can.POWER, 30, breaks=True, supersedes=True),
    OperationKind.DEALLOCATE: Kind(
        actions.VM_DEALLOCATE,
        Can.DEALLOCATE,
        120,
        meanwhile=PowerState.DEALLOCATING,
        breaks=True,
        supersedes=True,
    ),
    OperationKind.REDEPLOY: Kind(
        actions.VM_REDEPLOY, Can.REDEPLOY, 180, meanwhile=PowerState.STOPPING, breaks=True
    ),
    OperationKind.NMI: Kind(actions.NMI, Can.NMI, 15, exclusive=False, breaks=True),
    OperationKind.SYSRQ: Kind(actions.SYSRQ, None, 120, exclusive=False, breaks=True),
    OperationKind.CTRL_ALT_DEL: Kind(actions.SYSRQ, Can.KEYS, 15, exclusive=False, breaks=True),
    OperationKind.SCREENSHOT: Kind(actions.LOG_READ, Can.SCREEN, 30, exclusive=False),
    OperationKind.FACTS: Kind(actions.VM_READ, Can.AGENT, 30, exclusive=False),
    OperationKind.HANG_UP: Kind(actions.LOG_OUT, Can.AGENT, 30, exclusive=False),
}
