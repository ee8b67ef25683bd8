"""Sessions on consoles: who is there and who was, one of them with all that happened meanwhile, and the end of one that lives."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.access import authorize, authorize_first
from accounts.noting import note_reading
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.views.two_steps import confirm
from consoles.diagnostics.reading import check_place
from consoles.diagnostics.troubles import sentence
from consoles.models import ConsoleSession
from consoles.reviewing.output import stretch_of
from consoles.reviewing.session_forms import OutputAsked, SessionFilter
from consoles.reviewing.session_queries import (
    LIVE_SHOWN,
    PLACED,
    entries_of,
    narrowed,
    resource_of,
    session_at,
    sessions_seen,
)
from consoles.services import WRITE, end_by_hand
from portal.config import keyset
from portal.config.commands import as_uuid
from portal.fleet.context import frame_of
from portal.fleet.review.words import words_of
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.vm_queries import subscriptions_with, visible_vms

MAY = {"end": actions.SESSION_END, "audit": actions.AUDIT_READ, "read_log": actions.LOG_READ}


@portal_page
@never_cache
@require_safe
def session_list(request: PortalRequest) -> HttpResponse:
    """Those that live first; asked by htmx, those alone."""
    seen = sessions_seen(request.principal, request.tenant)
    subscriptions = subscriptions_with(visible_vms(request.principal), request.tenant)
    filters = SessionFilter(request.GET, subscriptions)
    found = (
        narrowed(seen, filters.cleaned_data, by=request.principal, tenant=request.tenant)
        if filters.is_valid()
        else seen.none()
    )
    live = found.filter(ended_at=None).select_related(*PLACED).order_by("-started_at")[:LIVE_SHOWN]
    context: dict[str, Any] = {"live": [] if request.GET.get("live") == "0" else live, "filters": filters}
    if request.htmx:
        return render(request, "reviewing/session_live.html", context)
    ended = found.none() if request.GET.get("live") == "1" else found.exclude(ended_at=None)
    page = keyset.page(
        ended,
        order=("-started_at", "-id"),
        request=request,
        load=lambda rows: rows.select_related(*PLACED),
        costly=bool(request.GET.get("who") or request.GET.get("vm")),
    )
    may = frame_of(request).reach.includes(actions.SESSION_READ, anywhere=True)
    return render(request, "reviewing/session_list.html", {**context, "page": page, "may": may})


@portal_page
@never_cache
@require_safe
def session(request: PortalRequest, session_id: UUID) -> HttpResponse:
    found = session_at(session_id)
    asked = [actions.SESSION_READ, *MAY.values()]
    decisions = authorize_first(request.principal, asked, resource_of(found))
    may = {word: decisions[action] for word, action in MAY.items()}
    entries, whole = _entries(request, found) if may["audit"].allowed else ([], True)
    context = {
        "session": found,
        "may": may,
        "entries": entries,
        "whole": whole,
        "output": may["read_log"].allowed and found.vm is not None and found.from_offset is not None,
    }
    return render(request, "reviewing/session.html", context)


def _entries(request: PortalRequest, found: ConsoleSession) -> tuple[list[dict[str, Any]], bool]:
    own = str(found.id)
    entries, whole = entries_of(found)
    told = [
        {
            "entry": entry,
            "words": words_of(entry),
            "own": entry.details.get("session") == own,
            "lost": as_uuid(str(entry.details.get("lost_session", ""))),
        }
        for entry in entries
    ]
    note_reading(
        by=request.principal,
        action=actions.AUDIT_READ,
        scope=found.scope,
        tenant_id=found.tenant_id,
        what="audit log",
    )
    return told, whole


@portal_page
@never_cache
@require_safe
def session_output(request: PortalRequest, session_id: UUID) -> HttpResponse:
    """A stretch of what was printed meanwhile, as a fragment: from an offset, or from a time on."""
    found = session_at(session_id)
    authorize(request.principal, actions.LOG_READ, resource_of(found))
    asked = OutputAsked(request.GET)
    if found.vm is None or found.from_offset is None or not asked.is_valid():
        raise Http404
    check_place(found.vm, request.principal)
    note_reading(
        by=request.principal,
        action=actions.LOG_READ,
        scope=found.vm.scope,
        tenant_id=found.tenant_id,
        what="session",
    )
    context: dict[str, Any] = {"session": found}
    try:
        context["stretch"] = stretch_of(found, request.principal, **asked.cleaned_data)
    except StoreTrouble as trouble:
        context["trouble"] = sentence(trouble)
    return render(request, "reviewing/session_output.html", context)


@portal_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def session_end(request: PortalRequest, session_id: UUID) -> HttpResponse:
    """Whoever may end sessions on the machine may end each of them, their own too."""
    found = session_at(session_id)
    decisions = authorize_first(
        request.principal, [actions.SESSION_END, actions.SESSION_READ], resource_of(found)
    )
    names = {"name": found.principal_name, "vm": found.vm_name}
    here = reverse("session", args=[found.id])
    back = (
        here if decisions[actions.SESSION_READ].allowed or found.vm is None else found.vm.get_absolute_url()
    )
    if found.ended_at is not None:
        messages.info(request, _("The session of %(name)s on %(vm)s has ended already.") % names)
        return go(request, back)
    return confirm(
        request,
        title=_("End the session of %(name)s on %(vm)s?") % names,
        consequences=_consequences(found),
        submit=_("End session"),
        cancel=back,
        act=partial(end_by_hand, by=request.principal, session=found),
        done=_("The session of %(name)s on %(vm)s is ended.") % names,
    )


def _consequences(found: ConsoleSession) -> list[str]:
    name = {"name": found.principal_name}
    first = (
        _("%(name)s may be typing at this moment. What they typed last may not reach the machine.")
        if found.mode == WRITE
        else _("%(name)s is watching.")
    )
    return [
        first % name,
        _("Their page says at once that you ended it."),
        _("They may connect again: to keep somebody out, take their role away."),
    ]
