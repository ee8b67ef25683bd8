"""The console page, and its state as JSON. In: somebody and a machine. Out: a page that attaches by itself, or the one thing that stands in the way."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from csp.constants import NONCE, SELF
from csp.decorators import csp_update
from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.access import NotVisible, Refused
from accounts.pages import portal_page
from accounts.requests import AnyRequest, PortalRequest
from consoles import limits
from consoles.diagnostics.erased import gone_at
from consoles.diagnostics.forms import OFFSET
from consoles.selectors import PASSING, RIGHTS, Code, Mode, Readiness, readiness
from consoles.sentences import Saying, confirm_first, saying, too_many
from consoles.services import WATCH, WRITE
from portal.fleet.context import frame_of
from portal.fleet.vm_queries import machine_at, scope_of_vm, vm_at

REFUSALS = {Code.MISSING_ROLE, Code.ADDRESS, Code.STORAGE_FORBIDDEN}
# xterm.js writes its colours into style elements, which the page gives the nonce
STYLES = csp_update({"style-src": [SELF, NONCE]})


@STYLES
@gzip_page
@portal_page
@require_safe
def console(request: PortalRequest, **place: Any) -> HttpResponse:
    return _page(request, "consoles/console.html", **place)


@STYLES
@gzip_page
@portal_page
@require_safe
def window(request: PortalRequest, **place: Any) -> HttpResponse:
    """The same without the portal's frame around it."""
    return _page(request, "consoles/window.html", **place)


def _page(
    request: PortalRequest, template: str, sub: UUID, group: str, name: str, instance: int | None = None
) -> HttpResponse:
    wanted = [actions.VM_READ, *RIGHTS]
    vm, decisions = vm_at(request.principal, wanted, scope_of_vm(sub, group, name, instance))
    found = readiness(request.principal, vm, decisions=decisions)
    if found.ready or found.code in PASSING:
        context = {"vm": vm, "readiness": found, "window_url": f"{vm.console_url}window/"}
        return render(request, template, {**context, "gone": _gone(request, found)})
    context = {"vm": vm, "readiness": found, "saying": saying(found, held=frame_of(request).reach)}
    return render(request, "consoles/not_ready.html", context, status=403 if found.code in REFUSALS else 200)


class Asked(forms.Form):
    at = forms.IntegerField(**OFFSET)


def _gone(request: PortalRequest, found: Readiness) -> str:
    """What the page says where it is led to a place, by its address or by the badge of trouble, that was deleted from the log."""
    asked = Asked(request.GET)
    at = asked.cleaned_data["at"] if asked.is_valid() else None
    offset = found.vm.trouble_offset if at is None else at
    return gone_at(found.port.line_id, offset) if found.port and offset is not None else ""


@require_safe
def console_state(request: AnyRequest, **place: Any) -> HttpResponse:
    """For the page whose socket was refused or closed without a sentence."""
    answer = _state(request, **place)
    answer["Cache-Control"] = "no-store"
    return answer


def _state(
    request: AnyRequest, sub: UUID, group: str, name: str, instance: int | None = None
) -> JsonResponse:
    if request.principal is None:
        return JsonResponse({"signed_in": False}, status=401)
    try:
        vm = machine_at(scope_of_vm(sub, group, name, instance))
        found = readiness(request.principal, vm)
    except NotVisible:
        return JsonResponse({"signed_in": True, "ready": False, "code": "NotFound"}, status=404)
    except Refused as refused:
        return _told(refused.decision.verdict.value, confirm_first(vm))
    if not found.ready:
        return _told(found.code.value, saying(found, held=frame_of(request).reach), found)
    try:
        limits.check(request.principal, vm)
    except limits.TooMany:
        return _told("TooManySessions", too_many(vm), found)
    return _told(found.code.value, Saying("", ""), found)


def _told(code: str, words: Saying, found: Readiness | None = None) -> JsonResponse:
    may_write = found is not None and found.mode is Mode.CONNECT
    missing = found.missing if found else None
    return JsonResponse(
        {
            "signed_in": True,
            "ready": not words.title,
            "code": code,
            "mode": WRITE if may_write else WATCH if found and found.mode else None,
            "may_write": may_write,
            "missing": {"action": missing.action, "scope": missing.scope} if missing else None,
            **{field: str(value) for field, value in asdict(words).items()},
        }
    )
