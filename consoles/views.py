"""The console page. In: somebody and a machine. Out: what will be attached, or the one thing that stands in the way."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from consoles.endpoint import shown
from consoles.selectors import RIGHTS, Code, readiness
from consoles.sentences import saying
from portal.fleet.context import frame_of
from portal.fleet.vm_queries import scope_of_vm, vm_at

REFUSALS = {Code.MISSING_ROLE, Code.ADDRESS}


@portal_page
@require_safe
def console(
    request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None
) -> HttpResponse:
    wanted = [actions.VM_READ, *RIGHTS]
    vm, decisions = vm_at(request.principal, wanted, scope_of_vm(sub, group, name, instance))
    found = readiness(request.principal, vm, decisions=decisions)
    context = {
        "vm": vm,
        "readiness": found,
        "saying": None if found.ready else saying(found, held=frame_of(request).reach),
        "endpoint": shown(found.port.url) if found.port else None,
    }
    return render(request, "consoles/console.html", context, status=403 if found.code in REFUSALS else 200)
