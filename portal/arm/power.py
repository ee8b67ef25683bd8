"""Power of machines and instances as long-running operations. In: a POST. Out: 202 with where to ask how it goes; portal/arm/operations.py answers there."""

from urllib.parse import quote

from django.http import HttpResponse
from ninja import Query, Router

from portal.arm import finding
from portal.arm.console import MACHINE
from portal.arm.errors import ArmError
from portal.arm.requests import ArmRequest, base_of
from portal.fleet.models import Operation, OperationKind, VirtualMachine
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.possible import Impossible
from portal.fleet.operations.sentences import busy_with
from portal.fleet.services.operations import Busy, ask

router = Router(tags=["Power"])
ACCEPTED = {202: None}
ANY_VERSION = "2024-07-01"


@router.post(MACHINE + "/start", response=ACCEPTED)
def start_vm(request: ArmRequest, subscription: str, group: str, machine: str) -> HttpResponse:
    return _asked(request, _scope(subscription, group, machine), OperationKind.START)


@router.post(MACHINE + "/restart", response=ACCEPTED)
def restart_vm(request: ArmRequest, subscription: str, group: str, machine: str) -> HttpResponse:
    """Asks the guest to shut down, and starts it again."""
    return _asked(request, _scope(subscription, group, machine), OperationKind.RESTART)


@router.post(MACHINE + "/powerOff", response=ACCEPTED)
def power_off_vm(
    request: ArmRequest,
    subscription: str,
    group: str,
    machine: str,
    skip_shutdown: bool = Query(False, alias="skipShutdown"),
) -> HttpResponse:
    """Asks the guest to shut down; with skipShutdown=true it is not asked."""
    kind = OperationKind.POWER_OFF if skip_shutdown else OperationKind.SHUT_DOWN
    return _asked(request, _scope(subscription, group, machine), kind)


@router.post(MACHINE + "/deallocate", response=ACCEPTED)
def deallocate_vm(request: ArmRequest, subscription: str, group: str, machine: str) -> HttpResponse:
    return _asked(request, _scope(subscription, group, machine), OperationKind.DEALLOCATE)


@router.post(MACHINE + "/redeploy", response=ACCEPTED)
def redeploy_vm(request: ArmRequest, subscription: str, group: str, machine: str) -> HttpResponse:
    return _asked(request, _scope(subscription, group, machine), OperationKind.REDEPLOY)


def _scope(subscription: str, group: str, machine: str) -> str:
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/{machine}"


def _asked(request: ArmRequest, scope: str, kind: OperationKind) -> HttpResponse:
    vm = finding.one(request.principal, KINDS[kind].action, scope, VirtualMachine)
    try:
        return accepted(request, ask(by=request.principal, vm=vm, kind=kind))
    except Busy as busy:
        raise ArmError(409, "OperationNotAllowed", busy_with(busy.operation)) from busy
    except Impossible as impossible:
        raise ArmError(409, "OperationNotAllowed", impossible.sentence) from impossible


def accepted(request: ArmRequest, operation: Operation) -> HttpResponse:
    """Some clients poll the one address, some the other; without a time to wait they wait half a minute."""
    vm = operation.vm
    version = quote(request.GET.get("api-version") or ANY_VERSION)
    place = f"/subscriptions/{vm.subscription_id}/providers/Microsoft.Compute/locations/{quote(vm.location)}"
    url = f"{base_of(request)}{place}/operations/{operation.id}?api-version={version}"
    headers = {"Azure-AsyncOperation": url, "Location": f"{url}&monitor=true", "Retry-After": "1"}
    return HttpResponse(status=202, headers=headers)
