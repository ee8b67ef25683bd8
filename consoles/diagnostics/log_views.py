"""The log of a machine for its page: a stretch of it, and what is found in it. In: offsets and words. Out: JSON, bounded."""

from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.pages import portal_page
from accounts.requests import PortalRequest
from consoles.diagnostics.forms import OFFSET
from consoles.diagnostics.reading import Ported, note, reading_of
from consoles.diagnostics.rows import backward, forward
from consoles.kept.search import search

WORDS = 200


class Asked(Ported):
    """`before`: what ends there; else from `start`, or from the first byte after `since`, or the end of it.

    Of `since` the answer says `at` which offset that is.
    `seen` is the end that the page has: while it is still the end, there is nothing to tell.
    """

    start = forms.IntegerField(**OFFSET)
    before = forms.IntegerField(**OFFSET)
    since = forms.IntegerField(**OFFSET)
    seen = forms.IntegerField(**OFFSET)
    raw = forms.BooleanField(required=False)


class Sought(Ported):
    words = forms.CharField(max_length=WORDS, strip=False)
    start = forms.IntegerField(**OFFSET)
    end = forms.IntegerField(**OFFSET)


@portal_page
@never_cache
@gzip_page
@require_safe
def log(request: PortalRequest, **place: Any) -> HttpResponse:
    asked = Asked(request.GET)
    if not asked.is_valid():
        return JsonResponse({"errors": asked.errors}, status=400)
    given = asked.cleaned_data
    reading = reading_of(request, place, given["port"])
    note(request, reading)
    found = reading.log
    told: dict[str, Any] = {"first": found.start, "end": found.end, "away": found.away}
    if given["seen"] == found.end:
        return JsonResponse(told)
    start = given["start"] if given["since"] is None else found.since(given["since"])
    if start is None:
        end = found.end if given["before"] is None else given["before"]
        stretch = backward(found, reading.port, end, raw=given["raw"])
    else:
        stretch = forward(found, reading.port, start, raw=given["raw"])
    if given["since"] is not None:
        told["at"] = start
    return JsonResponse({**vars(stretch), "to": stretch.end, **told})


@portal_page
@never_cache
@require_safe
def log_search(request: PortalRequest, **place: Any) -> HttpResponse:
    """As many hits as a fifth of a second finds, and where to go on."""
    sought = Sought(request.GET)
    if not sought.is_valid():
        return JsonResponse({"errors": sought.errors}, status=400)
    given = sought.cleaned_data
    reading = reading_of(request, place, given["port"])
    note(request, reading)
    found = search(reading.log, given["words"], given["start"] or 0, end=given["end"])
    hits = [[hit.offset, hit.column] for hit in found.hits]
    return JsonResponse({"hits": hits, "next": found.next})
