"""The newest picture of a machine's display."""

from urllib.parse import quote
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.noting import note_reading
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.fleet import vm_queries
from portal.fleet.models import Screenshot
from portal.fleet.stores.rules import ShutOut, shut_out
from portal.fleet.vm_queries import scope_of_vm


@portal_page
@require_safe
def screenshot(
    request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None
) -> HttpResponse:
    """What is on a display may be as secret as what is in the log: one right for both, and the same network rules."""
    scope = scope_of_vm(sub, group, name, instance)
    machine, _decisions = vm_queries.vm_at(request.principal, [actions.LOG_READ], scope)
    account = machine.diagnostics_account
    if account is not None and shut_out(account, request.principal):
        raise ShutOut(account, request.principal.address)
    picture = Screenshot.objects.filter(vm=machine).first()
    if picture is None:
        raise Http404
    note_reading(
        by=request.principal,
        action=actions.LOG_READ,
        scope=machine.scope,
        tenant_id=machine.tenant_id,
        what="screenshot",
    )
    answer = HttpResponse(bytes(picture.png), content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(machine.name)}.png"
    answer["Last-Modified"] = picture.taken_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    patch_cache_control(answer, private=True, no_cache=True)
    return answer
