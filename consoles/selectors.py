"""Whether somebody can be attached to a machine's console, and if not, which one thing stands in the way.

In: a principal, a machine. Out: a Readiness; page, socket and REST say the same because they all ask here.
"""

from dataclasses import dataclass, replace
from enum import Enum

from accounts import actions
from accounts.access import decide, decide_each
from accounts.decisions import Decision, NotVisible, Refused, Verdict
from accounts.principals import Principal
from portal.fleet.connecting import what_connecting_needs
from portal.fleet.models import SerialPort, VirtualMachine
from portal.fleet.models.vms import PowerState, ProvisioningState
from portal.fleet.stores import rules


class Code(Enum):
    """What error tables and clients call each state; READY is the only one that attaches."""

    READY = "Ready"
    MISSING_ROLE = "AuthorizationFailed"
    ADDRESS = "AddressNotAllowed"
    SUBSCRIPTION_OFF = "SubscriptionConsoleDisabled"
    DIAGNOSTICS_OFF = "BootDiagnosticsDisabled"
    NO_PORT = "SerialPortNotFound"
    PORT_OFF = "SerialPortDisabled"
    PROVISIONING = "VirtualMachineProvisioning"
    CHANGING = "VirtualMachineStopping"
    STOPPED = "VirtualMachineStopped"
    DEALLOCATED = "VirtualMachineDeallocated"
    STORAGE_KIND = "StorageAccountKindNotSupported"
    STORAGE_KEYS_OFF = "StorageKeyAccessDisabled"
    STORAGE_NOT_FOUND = "StorageAccountNotFound"
    STORAGE_FORBIDDEN = "StorageAccountForbidden"


class Mode(Enum):
    CONNECT = "connect"
    WATCH = "watch"


@dataclass(frozen=True)
class Readiness:
    """`missing` is what the gate said about the right that is not held: all of it when refused, typing when only watching."""

    code: Code
    vm: VirtualMachine
    mode: Mode | None = None
    port: SerialPort | None = None
    missing: Decision | None = None

    @property
    def ready(self) -> bool:
        return self.code is Code.READY


RIGHTS = [actions.CONNECT, actions.WATCH]
STOPPED = {
    PowerState.STOPPED: Code.STOPPED,
    PowerState.DEALLOCATED: Code.DEALLOCATED,
    PowerState.DEALLOCATING: Code.CHANGING,
}
# what ends by itself or by a start: a page that is there already attaches then
PASSING = {Code.PROVISIONING, *STOPPED.values()}
NOT_YET = {ProvisioningState.CREATING, ProvisioningState.DELETING}


def readiness(
    principal: Principal, vm: VirtualMachine, *, number: int = 0, decisions: dict[str, Decision] | None = None
) -> Readiness:
    """Raises NotVisible to strangers, and Refused when a fresh second factor is asked for first.

    `decisions`: what the gate said about RIGHTS on the machine, where the caller has just asked.
    """
    standing = _may(principal, vm, decisions or decide_each(principal, RIGHTS, vm))
    if not standing.ready:
        return standing
    port = vm.ports.filter(number=number).first()
    return replace(standing, port=port, code=_switches(vm, port) or _machine(vm) or _storage(vm, principal))


def _may(principal: Principal, vm: VirtualMachine, decisions: dict[str, Decision]) -> Readiness:
    connect, watch = decisions[actions.CONNECT], decisions[actions.WATCH]
    _must_be_heard(connect)
    for action, resource in what_connecting_needs(vm)[1:]:
        if connect.allowed:
            connect = decide(principal, action, resource)
    if connect.allowed:
        return Readiness(Code.READY, vm, Mode.CONNECT)
    if watch.allowed:
        return Readiness(Code.READY, vm, Mode.WATCH, missing=connect)
    code = Code.ADDRESS if Verdict.ADDRESS in (connect.verdict, watch.verdict) else Code.MISSING_ROLE
    return Readiness(code, vm, missing=connect)


def _must_be_heard(decision: Decision) -> None:
    if decision.verdict is Verdict.UNSEEN:
        raise NotVisible
    if decision.verdict is Verdict.MFA_NEEDED:
        raise Refused(decision)


def _switches(vm: VirtualMachine, port: SerialPort | None) -> Code | None:
    if not vm.subscription.console_enabled:
        return Code.SUBSCRIPTION_OFF
    if not vm.boot_diagnostics:
        return Code.DIAGNOSTICS_OFF
    if port is None:
        return Code.NO_PORT
    return None if port.enabled else Code.PORT_OFF


def _machine(vm: VirtualMachine) -> Code | None:
    if vm.provisioning_state in NOT_YET:
        return Code.PROVISIONING
    if vm.power_state in STOPPED:
        return STOPPED[PowerState(vm.power_state)]
    return None


def _storage(vm: VirtualMachine, principal: Principal) -> Code:
    in_the_way = rules.in_the_way(vm.diagnostics_account, principal)
    return Code(in_the_way) if in_the_way else Code.READY
