"""How a long-running operation goes. In: its id, from whoever may read its machine. Out: its state; with `monitor=true` its end, and 202 until then."""

from uuid import UUID

from django.http import HttpResponse, JsonResponse
from ninja import Query, Router

from accounts import access, actions
from accounts.access import NotVisible
from portal.arm import shapes
from portal.arm.errors import ArmError
from portal.arm.requests import ArmRequest
from portal.config.commands import as_uuid
from portal.fleet.models import Operation, OperationState
from portal.fleet.operations.sentences import sentence_of

router = Router(tags=["Power"])
PLACE = (
    "/subscriptions/{subscription}/providers/Microsoft.Compute/locations/{location}/operations/{operation}"
)
STATES = {
    OperationState.WAITING: "InProgress",
    OperationState.RUNNING: "InProgress",
    OperationState.SUCCEEDED: "Succeeded",
    OperationState.FAILED: "Failed",
    OperationState.CANCELLED: "Canceled",
}


@router.get(PLACE)
def get_operation(
    request: ArmRequest,
    subscription: str,
    location: str,
    operation: str,
    monitor: bool = Query(False),
) -> HttpResponse:
    found = _found(request, subscription, as_uuid(operation))
    return _ended(found) if monitor else _told(found)


def _found(request: ArmRequest, subscription: str, operation_id: UUID | None) -> Operation:
    rows = Operation.objects.select_related(
        "vm__subscription", "vm__resource_group", "vm__scale_set__resource_group"
    )
    found = rows.filter(id=operation_id).first() if operation_id else None
    if found is None or str(found.vm.subscription_id) != subscription.lower():
        raise NotVisible
    access.authorize(request.principal, actions.VM_READ, found.vm)
    return found


def _told(operation: Operation) -> JsonResponse:
    answer = JsonResponse(shape(operation))
    if operation.unfinished:
        answer["Retry-After"] = "1"
    return answer


def _ended(operation: Operation) -> HttpResponse:
    if operation.unfinished:
        return HttpResponse(status=202, headers={"Retry-After": "1"})
    if operation.state == OperationState.SUCCEEDED:
        return HttpResponse(status=200)
    raise ArmError(409, code_of(operation), sentence_of(operation))


def shape(operation: Operation) -> shapes.Shape:
    told: shapes.Shape = {
        "name": str(operation.id),
        "startTime": operation.asked_at.isoformat(),
        "status": STATES[OperationState(operation.state)],
        "percentComplete": operation.progress,
    }
    if operation.ended_at:
        told["endTime"] = operation.ended_at.isoformat()
    if operation.error_code:
        told["error"] = {"code": code_of(operation), "message": sentence_of(operation)}
    return told


def code_of(operation: Operation) -> str:
    """In the form of the other codes: GuestIgnored for guest_ignored."""
    return "".join(word.capitalize() for word in operation.error_code.split("_"))
