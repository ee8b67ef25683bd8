"""Whether somebody who was admitted still would be. In: Admitted. Out: the times that count for them now, or Refusal.

The same questions as at the handshake, of the database as it is now, but those that the handshake alone could answer.
"""

from dataclasses import replace

from accounts.access import NotVisible, Refused
from accounts.currency import renewed
from accounts.lasting import seconds_left
from accounts.principals import Principal
from consoles.admission.answers import ENDS, Admitted, Refusal, Times, times_of
from consoles.selectors import Mode, Readiness, readiness
from consoles.wire import Close
from portal.fleet.models import VirtualMachine
from portal.fleet.vm_queries import machine_at


def still_admitted(admitted: Admitted) -> Times | Refusal:
    principal = renewed(admitted.principal)
    if principal is None:
        return Refusal(Close.SIGNED_OUT, "signed out")
    try:
        found = readiness(principal, machine_at(admitted.vm_key))
    except NotVisible:
        gone = not VirtualMachine.objects.filter(scope_key=admitted.vm_key).exists()
        return Refusal(Close.GONE if gone else Close.REVOKED, "gone" if gone else "not of the tenant")
    except Refused as refused:
        return Refusal(Close.REVOKED, refused.decision.verdict.value)
    return _still(found, admitted, principal)


def _still(found: Readiness, admitted: Admitted, principal: Principal) -> Times | Refusal:
    if not found.ready:
        return Refusal(ENDS[found.code], found.code.value)
    if found.port is None or found.port.line_id != admitted.session.line_id:
        return Refusal(Close.GONE, "another line")
    if admitted.may_write and found.mode is not Mode.CONNECT:
        return Refusal(Close.REVOKED, "only watching is left")
    return replace(times_of(found.vm), left=seconds_left(principal))
