"""Downloads of a machine's log, each of them recorded. In: a form and a stretch. Out: a file, as it is read."""

from typing import Any

from django import forms
from django.http import HttpResponseBase, JsonResponse
from django.views.decorators.http import require_safe

from accounts import actions, audit
from accounts.access import decide
from accounts.currency import renewed
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from consoles.diagnostics import files
from consoles.diagnostics.forms import OFFSET
from consoles.diagnostics.reading import Ported, Reading, reading_of, still_admitted
from consoles.kept.asciicast import Mark
from consoles.kept.moments import marks
from consoles.models.archive import LinkForm
from portal.config.streaming import streamed


class Wanted(Ported):
    """`start` and `end` are offsets; without them it is all there is."""

    form = forms.ChoiceField(choices=LinkForm.choices)
    start = forms.IntegerField(**OFFSET)
    end = forms.IntegerField(**OFFSET)


@portal_page
@require_safe
def log_download(request: PortalRequest, **place: Any) -> HttpResponseBase:
    wanted = Wanted(request.GET)
    if not wanted.is_valid():
        return JsonResponse({"errors": wanted.errors}, status=400)
    given = wanted.cleaned_data
    reading = reading_of(request, place, given["port"])
    if request.method == "GET":
        _record(request, reading, given)
    found = files.pieces(
        reading.log, given["form"], reading.vm, given["start"], given["end"], _marks(reading, given)
    )
    kept_up = files.while_allowed(found, lambda: _still(request, reading))
    return streamed(request, kept_up, files.headers(reading.vm, given["form"]))


def _marks(reading: Reading, given: dict[str, Any]) -> list[Mark]:
    if given["form"] != LinkForm.CAST:
        return []
    return marks(reading.log, reading.port, given["start"] or 0, given["end"])


def _record(request: PortalRequest, reading: Reading, given: dict[str, Any]) -> None:
    details = {"download": given["form"], "port": reading.port.number}
    if given["start"] is not None or given["end"] is not None:
        details |= {"from": given["start"], "to": given["end"]}
    audit.record(
        by=request.principal,
        action=actions.LOG_READ,
        scope=reading.vm.scope,
        tenant_id=reading.vm.tenant_id,
        details=details,
    )


def _still(request: PortalRequest, reading: Reading) -> bool:
    principal = renewed(request.principal)
    if principal is None or not decide(principal, actions.LOG_READ, reading.vm).allowed:
        return False
    return still_admitted(reading.vm, reading.port.line_id, reading.log, principal)
