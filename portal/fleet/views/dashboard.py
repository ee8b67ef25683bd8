"""The start page: what is here, what state it is in, what can be done next."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.fleet.context import frame_of
from portal.fleet.overview import overview
from portal.fleet.recent import recent


@portal_page
@require_safe
def dashboard(request: PortalRequest) -> HttpResponse:
    held = frame_of(request).reach
    may_audit = held.includes(actions.AUDIT_READ, anywhere=False)
    context = {
        "overview": overview(request.principal),
        "may_audit": may_audit,
        "may_see_people": held.includes(actions.DIRECTORY_READ, anywhere=False),
        "may_add": held.includes(actions.VM_WRITE, anywhere=True),
        "entries": recent(request.tenant.id) if may_audit else [],
    }
    return render(request, "fleet/dashboard.html", context)
