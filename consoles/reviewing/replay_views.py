"""Replay of a machine's log, or of the part that a session saw. In: who may read the log, and a stretch. Out: a page, an index, segments, hits.

Everything is read: nothing here or on the page says anything to a machine.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF, WASM_UNSAFE_EVAL
from csp.decorators import csp_update
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.noting import note_reading
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from consoles.diagnostics.erased import erased_before
from consoles.diagnostics.reading import Reading, check_place, machine_of, reading_at
from consoles.kept.happenings import Between, ms_of
from consoles.kept.log import Log
from consoles.kept.moments import Moment, moments, moments_of_time
from consoles.kept.search import search
from consoles.models import ConsoleSession
from consoles.reviewing.output import port_of, seen_by
from consoles.reviewing.recording import MOST, Cut, Index, events_of, index_of
from consoles.reviewing.replay_forms import SIZES, Range, Recorded, Segment, Sought
from portal.fleet.models import SerialPort, VirtualMachine

SECOND = 1000
# the player's terminal is WebAssembly, and it reads the index that its page has already fetched
PLAYER = csp_update({"script-src": [SELF, WASM_UNSAFE_EVAL], "connect-src": ["blob:"]})
HITS = 500
SPEEDS = ["0.5", "1", "2", "4", "8", "16", "64"]


@dataclass(frozen=True)
class Replayed:
    """A stretch of a log, and whose it is; `start` and `end` as asked for, within what there is.

    `since` and `until`: when a session came and left, where the stretch is from its beginning, and up to its end.
    """

    vm: VirtualMachine
    port: SerialPort
    log: Log
    session: ConsoleSession | None
    start: int
    end: int
    since: datetime | None = None
    until: datetime | None = None

    @property
    def times(self) -> dict[str, int]:
        told = {"since": self.since, "until": self.until}
        return {name: ms_of(at) for name, at in told.items() if at is not None}

    @property
    def is_empty(self) -> bool:
        """Of a session in which nothing was printed there is the screen as it stood."""
        return self.start >= self.end and (self.since is None or self.start <= self.log.start)


def _replayed(request: PortalRequest, place: dict[str, Any], asked: Range) -> Replayed:
    """Raises NotVisible, Refused or StoreTrouble; a query that was not understood is no address."""
    if not asked.is_valid():
        raise Http404
    given = asked.cleaned_data
    vm = machine_of(request, place)
    session = _session(vm, given)
    reading = reading_at(request, vm, given["port"]) if session is None else _reading_of(session, request)
    note_reading(
        by=request.principal,
        action=actions.LOG_READ,
        scope=reading.vm.scope,
        tenant_id=reading.vm.tenant_id,
        what="replay",
    )
    start, end = _stretch(reading.log, given, session)
    times = _times(session, reading.log, start, end) if session else {}
    return Replayed(reading.vm, reading.port, reading.log, session, start, end, **times)


def _session(vm: VirtualMachine, given: dict[str, Any]) -> ConsoleSession | None:
    if given["session"] is None:
        return None
    session = ConsoleSession.objects.filter(id=given["session"], vm=vm).first()
    if session is None:
        raise Http404
    session.vm = vm
    return session


def _reading_of(session: ConsoleSession, request: PortalRequest) -> Reading:
    """Its line may be one that the machine had before, its port one that is no more."""
    port = port_of(session)
    check_place(port.vm, request.principal)
    return Reading(port.vm, port, request.principal)


def _stretch(log: Log, given: dict[str, Any], session: ConsoleSession | None) -> tuple[int, int]:
    first, last = (log.end - MOST, log.end) if session is None else seen_by(session, log.end)
    start = first if given["from"] is None else given["from"]
    end = last if given["to"] is None else given["to"]
    start = max(start, log.start)
    return start, max(start, min(end, log.end))


def _times(session: ConsoleSession, log: Log, start: int, end: int) -> dict[str, datetime | None]:
    """Of a session from before the log's end was kept with it, nobody knows what of that was printed earlier."""
    if session.live_offset is None:
        return {}
    began, ends = seen_by(session, log.end)
    first, last = start == max(began, log.start), end == max(start, min(ends, log.end))
    return {"since": session.started_at if first else None, "until": session.ended_at if last else None}


@PLAYER
@portal_page
@never_cache
@require_safe
def replay(request: PortalRequest, **place: Any) -> HttpResponse:
    """The page; the recording is asked for by its script."""
    found = _replayed(request, place, Range(request.GET))
    base = f"{found.vm.get_absolute_url()}replay/"
    query: dict[str, Any] = {"port": found.port.number, "from": found.start, "to": found.end}
    if found.session is not None:
        query["session"] = str(found.session.id)
    context = {
        "vm": found.vm,
        "port": found.port,
        "session": found.session,
        "start": found.start,
        "end": min(found.end, found.start + MOST),
        "empty": found.is_empty,
        "erased": erased_before(found.port.line_id, found.log.start) if found.is_empty else "",
        "cast_url": f"{base}cast/?{urlencode(query)}",
        "find_url": f"{base}find/?{urlencode(query)}",
        "speeds": SPEEDS,
        "sizes": [f"{columns}x{rows}" for columns, rows in SIZES],
    }
    return render(request, "reviewing/replay.html", context)


@portal_page
@never_cache
@gzip_page
@require_safe
def replay_cast(request: PortalRequest, **place: Any) -> HttpResponse:
    """The player's index of segments, with what happened meanwhile."""
    asked = Recorded(request.GET)
    found = _replayed(request, place, asked)
    given = asked.cleaned_data
    index = index_of(found.log, found.start, found.end, idle=given["idle"] or 0, **found.times)
    columns, rows = asked.screen
    return JsonResponse(
        {
            "version": 1,
            "term": {"cols": columns, "rows": rows},
            "duration": index.duration / SECOND,
            "segments": _segments(request, index, given, found.times.get("since")),
            "clock": index.clock,
            "moments": _moments(found, index),
            "start": index.start,
            "end": index.end,
            "rest": _rest(request, index, found.end),
        }
    )


def _rest(request: PortalRequest, index: Index, end: int) -> str:
    """The page of what the index had no room for."""
    if index.end >= end:
        return ""
    asked = {name: request.GET[name] for name in ("port", "session") if name in request.GET}
    return f"../?{urlencode({**asked, 'from': index.end, 'to': end})}"


def _segments(
    request: PortalRequest, index: Index, given: dict[str, Any], since: int | None
) -> list[dict[str, Any]]:
    said = {name: value for name, value in given.items() if value not in (None, "")}
    last = {"last": 1}
    told: list[dict[str, Any]] = []
    for cut, following in index.segments:
        stretch = {"from": cut.offset, "to": following.offset, "at": cut.at, "until": following.at}
        query = {**said, **stretch, **(last if following.at == index.duration else {})}
        if since is not None and not told:
            query["since"] = since
        told.append({"start": cut.at / SECOND, "url": f"{request.path}part/?{urlencode(query)}"})
    return told


def _moments(found: Replayed, index: Index) -> list[dict[str, Any]]:
    return [
        {"ms": one.ms, "offset": one.offset, "kind": one.kind.value, "label": one.label, "who": one.who}
        for one in _happened(found, index)
    ]


def _happened(found: Replayed, index: Index) -> list[Moment]:
    """While a session lasted, also without a byte that was printed."""
    if found.since is None or index.end < found.end:
        return moments(found.log, found.port, index.start, index.end)
    between = Between(index.start, index.end, found.since, found.until)
    return moments_of_time(found.log, found.port, between)


@portal_page
@never_cache
@gzip_page
@require_safe
def replay_part(request: PortalRequest, **place: Any) -> HttpResponse:
    """One segment; its first event stands at its start and the last one of all at the end, as the player wants them."""
    asked = Segment(request.GET)
    found = _replayed(request, place, asked)
    given = asked.cleaned_data
    first, following = Cut(given["from"], given["at"]), Cut(given["to"], given["until"])
    idle, since = given["idle"] or 0, given["since"]
    lead, events = events_of(found.log, first, following, idle=idle, since=since)
    columns, rows = asked.screen
    told: list[list[Any]] = [[first.at / SECOND, "o", ""]]
    told += [[event.at / SECOND, "o", event.text] for event in events]
    if given["last"]:
        told.append([following.at / SECOND, "o", ""])
    return JsonResponse({"snapshot": {"cols": columns, "rows": rows, "init": lead}, "events": told})


@portal_page
@never_cache
@require_safe
def replay_find(request: PortalRequest, **place: Any) -> HttpResponse:
    """As many hits as a fifth of a second finds, when each was printed, and where to go on."""
    asked = Sought(request.GET)
    found = _replayed(request, place, asked)
    hits = search(found.log, asked.cleaned_data["words"], found.start, end=found.end, most=HITS)
    told = [{"offset": hit.offset, "ms": found.log.when(hit.offset), "text": hit.text} for hit in hits.hits]
    return JsonResponse({"hits": told, "next": hits.next})
