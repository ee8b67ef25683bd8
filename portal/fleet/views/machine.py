"""What pages poll of a machine, and the acts they ask for. In: a request about one. Out: JSON, with a sentence wherever something is refused."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.decisions import NotVisible
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.fleet import vm_queries
from portal.fleet.machine_queries import ACTIONS, operation_shape, told
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.possible import Impossible
from portal.fleet.operations.sentences import busy_with
from portal.fleet.services.operations import Busy, ask

SAID = ("letters", "pause", "port")


@portal_page
@require_safe
def machine(request: PortalRequest, **place: Any) -> HttpResponse:
    vm, decisions = vm_queries.vm_at(request.principal, [actions.VM_READ, *ACTIONS], _scope(place))
    answer = JsonResponse(told(vm, decisions))
    answer["Cache-Control"] = "no-store"
    return answer


@portal_page
@require_POST
def act(request: PortalRequest, kind: str, **place: Any) -> HttpResponse:
    if kind not in KINDS:
        raise NotVisible
    vm, _decisions = vm_queries.vm_at(request.principal, [KINDS[kind].action], _scope(place))
    details = {name: request.POST[name] for name in SAID if name in request.POST}
    try:
        asked = ask(by=request.principal, vm=vm, kind=kind, details=details)
    except Impossible as impossible:
        return JsonResponse({"sentence": impossible.sentence, "error": impossible.code}, status=400)
    except Busy as busy:
        held = operation_shape(busy.operation)
        return JsonResponse({"sentence": busy_with(busy.operation), "operation": held}, status=409)
    return JsonResponse({"operation": operation_shape(asked)}, status=202)


def _scope(place: dict[str, Any]) -> str:
    return vm_queries.scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))
