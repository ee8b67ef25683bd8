"""Whether whoever asked for an act may still do it: between the asking and the end a role may go. In: an operation. Out: nothing, or Failed."""

from accounts import access
from accounts.decisions import Verdict
from accounts.principals import Principal
from portal.fleet.models import Operation
from portal.fleet.operations.kinds import KINDS
from portal.machines.base import Failed

RIGHT_ENDED = "right_ended"


def must_be_allowed(operation: Operation) -> None:
    """Their second factor counts as it was when they asked; addresses and roles as they are now."""
    decision = access.decide(_asker(operation), KINDS[operation.kind].action, operation.vm)
    if decision.verdict is not Verdict.ALLOWED:
        raise Failed(RIGHT_ENDED)


def _asker(operation: Operation) -> Principal:
    return Principal(
        operation.asked_by_kind,
        operation.asked_by_id,
        operation.asked_by_name,
        tenant_id=operation.vm.tenant_id,
        mfa_at=operation.asked_at,
        address=operation.address,
    )
