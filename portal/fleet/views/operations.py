"""What is being done to machines: a fragment for the bell, which toasts are made of, too, a page, and calling one off."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.access import authorize
from accounts.decisions import NotVisible
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import vm_queries
from portal.fleet.machine_queries import operation_shape
from portal.fleet.operation_queries import MOST_AT_ONCE, operations_seen
from portal.fleet.operations.kinds import KINDS
from portal.fleet.services.calling_off import call_off as end_it


@portal_page
@require_safe
def operations(request: PortalRequest) -> HttpResponse:
    seen = operations_seen(request.principal)
    context = {
        "now": seen.now[:MOST_AT_ONCE],
        "page": keyset.page(seen.mine, order=("-asked_at", "-id"), request=request),
    }
    return render(request, "fleet/operations.html", context)


@portal_page
@require_safe
def bell(request: PortalRequest) -> HttpResponse:
    """Polled by every page: one answer for all that goes on, however much that is."""
    answer = render(
        request, "fleet/operations_bell.html", {"operations": operations_seen(request.principal).for_bell}
    )
    answer["Cache-Control"] = "no-store"
    return answer


@portal_page
@require_POST
def call_off(request: PortalRequest, operation: UUID, **place: Any) -> HttpResponse:
    """Whoever may do a thing may call it off, whoever asked for it."""
    scope = vm_queries.scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))
    vm, _decisions = vm_queries.vm_at(request.principal, [actions.VM_READ], scope)
    found = vm.operations.filter(id=operation).first()
    if found is None:
        raise NotVisible
    authorize(request.principal, KINDS[found.kind].action, vm)
    ended = end_it(by=request.principal, operation=found)
    found.refresh_from_db()
    told = {"operation": operation_shape(found)}
    if ended:
        return JsonResponse(told, status=202)
    sentence = _("It is under way on the machine, or over, and cannot be called off.")
    return JsonResponse({"sentence": sentence, **told}, status=409)
