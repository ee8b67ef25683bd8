"""Calling an act off. In: an operation, and who no longer wants it done. Out: a cancelled one; its worker notices within a second."""

from django.db import transaction

from accounts import audit
from accounts.principals import Principal
from portal.fleet.models import Operation, OperationKind, OperationState
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.sentences import CALLED_OFF
from portal.fleet.services.operations import end

IN_STEPS = (OperationKind.RESTART, OperationKind.SHUT_DOWN, OperationKind.SYSRQ)


@transaction.atomic
def call_off(*, by: Principal, operation: Operation) -> bool:
    """What waits for a worker, for the guest, or between two keys can be; what is under way on the machine cannot."""
    operation = Operation.objects.select_for_update().get(id=operation.id)
    if operation.state != OperationState.WAITING and operation.kind not in IN_STEPS:
        return False
    result: dict[str, object] = {"by": by.name[:150]}
    if not end(operation_id=operation.id, state=OperationState.CANCELLED, code=CALLED_OFF, result=result):
        return False
    audit.record(
        by=by,
        action=KINDS[operation.kind].action,
        scope=operation.vm.scope,
        tenant_id=operation.vm.tenant_id,
        details={"operation": str(operation.id), "kind": operation.kind, "stage": "called off"},
    )
    return True
