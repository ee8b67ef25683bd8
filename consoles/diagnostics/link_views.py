"""Links that give a log to whoever has them: made and ended by who may read it, opened without signing in."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import throttle
from accounts.decisions import NotVisible
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import AnyRequest, PortalRequest
from accounts.secrets import seal, unseal
from accounts.views.two_steps import attempt
from consoles.diagnostics import files, links, selectors
from consoles.diagnostics.forms import ShareForm
from consoles.diagnostics.reading import port_asked, reading_of
from consoles.kept.log import log_of
from consoles.models import LogLink
from portal.config.streaming import streamed
from portal.fleet.models import VirtualMachine
from portal.fleet.stores.base import StoreTrouble

GUESS, USE, MADE = "log_link", "log_link_use", "log_link_made"
NO_TRACE = {"Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow, noarchive"}


@portal_page
@never_cache
def log_links(request: PortalRequest, **place: Any) -> HttpResponse:
    """The new link is shown once, on the page after: loaded again, it makes no other and shows none."""
    reading = reading_of(request, place, port_asked(request))
    form = ShareForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            link, text = links.make_link(
                by=request.principal, vm=reading.vm, port=reading.port, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            request.session[MADE] = {"link": str(link.id), "sealed": seal(text)}
            return go(request, request.get_full_path())
    context = {
        "vm": reading.vm,
        "port": reading.port,
        "ports": selectors.ports_of(reading.vm),
        "form": form,
        "links": selectors.links_of(reading.vm),
        **_just_made(request, reading.vm),
    }
    return render(request, "diagnostics/links.html", context)


def _just_made(request: PortalRequest, vm: VirtualMachine) -> dict[str, Any]:
    """What the session has kept for this one view; on another machine's page it is not shown, and gone all the same."""
    told = request.session.pop(MADE, None)
    found = LogLink.objects.filter(id=told["link"], vm=vm).first() if told else None
    if found is None:
        return {}
    return {"made": found, "address": request.build_absolute_uri(f"/log/{unseal(told['sealed'])}/")}


@portal_page
@require_POST
def log_link_end(request: PortalRequest, link: UUID, **place: Any) -> HttpResponse:
    reading = reading_of(request, place)
    found = LogLink.objects.filter(id=link, vm=reading.vm).select_related("vm").first()
    if found is None:
        raise NotVisible
    act = partial(links.end_link, by=request.principal, link=found)
    done = _("The link …%(hint)s has ended.") % {"hint": found.hint}
    if found.ended_at is not None:
        told = {
            "hint": found.hint,
            "who": found.ended_by_name,
            "at": f"{found.ended_at:%Y-%m-%d %H:%M:%S} UTC",
        }
        done = _("The link …%(hint)s was ended by %(who)s, %(at)s.") % told
    return attempt(request, act, done=done, then=f"{reading.vm.get_absolute_url()}log/links/")


@never_cache
@require_safe
def log_link(request: AnyRequest, token: str) -> HttpResponseBase:
    """For whoever has the link. One that never was, has ended or may no longer be looked the same."""
    answer = _opened(request, token)
    for name, value in NO_TRACE.items():
        answer[name] = value
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, which has the token in it
    return answer


def _opened(request: AnyRequest, token: str) -> HttpResponseBase:
    guessing = throttle.key_of_address(GUESS, request.address)
    if throttle.count(guessing, factor=throttle.ADDRESS_FACTOR) is not None:
        return _gone(request, 429)
    link = links.opened_by(token, address=request.address)
    if link is None:
        return _gone(request, 404)
    throttle.give_back(guessing)
    if throttle.count(throttle.key_of(USE, str(link.id)), factor=throttle.ADDRESS_FACTOR) is not None:
        return _gone(request, 429)
    if request.method == "GET":
        links.note_use(link, address=request.address, request_id=request.request_id)
    return _given(request, link)


def _given(request: AnyRequest, link: LogLink) -> HttpResponseBase:
    maker = links.maker_of(link, request.address)
    log = log_of(link.line_id, maker)
    found = files.pieces(log, link.form, link.vm, link.from_offset, link.to_offset)
    kept_up = files.while_allowed(found, lambda: links.still_open(link, maker, log))
    try:
        return streamed(request, kept_up, files.headers(link.vm, link.form))
    except StoreTrouble:
        return _gone(request, 503)


def _gone(request: AnyRequest, status: int) -> HttpResponse:
    return render(request, "diagnostics/link_gone.html", {"status": status}, status=status)
