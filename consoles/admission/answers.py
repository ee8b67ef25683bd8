"""What admission answers. In: what the gate and the switches say of somebody. Out: Admitted, or Refusal with the number that closes an open socket."""

from dataclasses import dataclass

from accounts.principals import Principal
from consoles.admission.handshake import Asked
from consoles.models import ConsoleSession
from consoles.selectors import Code
from consoles.wire import Close
from portal.fleet.models import VirtualMachine

MINUTE = 60.0
ENDS: dict[Code, Close] = {
    Code.MISSING_ROLE: Close.REVOKED,
    Code.ADDRESS: Close.REVOKED,
    Code.SUBSCRIPTION_OFF: Close.SWITCHED_OFF,
    Code.DIAGNOSTICS_OFF: Close.SWITCHED_OFF,
    Code.PORT_OFF: Close.SWITCHED_OFF,
    Code.STORAGE_KIND: Close.SWITCHED_OFF,
    Code.STORAGE_KEYS_OFF: Close.SWITCHED_OFF,
    Code.STORAGE_NOT_FOUND: Close.SWITCHED_OFF,
    Code.STORAGE_FORBIDDEN: Close.REVOKED,
    Code.NO_PORT: Close.GONE,
    Code.PROVISIONING: Close.MACHINE_OFF,
    Code.CHANGING: Close.MACHINE_OFF,
    Code.STOPPED: Close.MACHINE_OFF,
    Code.DEALLOCATED: Close.MACHINE_OFF,
}


@dataclass(frozen=True)
class Refusal:
    """`code` is how a socket that was open closes; one that was not yet is only refused."""

    code: Close
    reason: str


@dataclass(frozen=True)
class Times:
    """In seconds; 0 is none. `left`: until something that the right to be here stands on ends by itself."""

    idle: float = 0
    longest: float = 0
    left: float | None = None


@dataclass(frozen=True)
class Admitted:
    principal: Principal
    session: ConsoleSession
    asked: Asked
    host: str
    vm_key: str
    storage_key: str
    mode: str
    may_write: bool
    far: bool  # may go on from any place that it names, however old
    times: Times


def times_of(vm: VirtualMachine) -> Times:
    subscription = vm.subscription
    return Times(MINUTE * subscription.console_idle_minutes, MINUTE * subscription.console_longest_minutes)
