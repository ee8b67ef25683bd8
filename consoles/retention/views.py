"""A tenant's records: how long they are kept, what is sealed, on hold and deleted. In: requests. Out: the page, and its settings saved."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions
from accounts.access import authorize, authorize_first
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from consoles.retention.forms import RetentionForm
from consoles.retention.removed import MOST, removed_machines
from consoles.retention.selectors import matches, next_seal, records_of
from consoles.retention.shortening import what_goes
from portal.fleet.context import HOLDERS, frame_of
from portal.fleet.sealing.keys import public_key
from portal.fleet.services.retention import SavedMeanwhile, change_retention, retention_of

ASKED = [actions.AUDIT_READ, actions.TENANT_WRITE, actions.HOLD_WRITE]


@portal_page
def records(request: PortalRequest) -> HttpResponse:
    said = authorize_first(request.principal, ASKED, request.tenant)
    form = RetentionForm(principal=request.principal, instance=retention_of(request.tenant))
    if request.method == "POST":
        authorize(request.principal, actions.TENANT_WRITE, request.tenant)
        form = RetentionForm(request.POST, principal=request.principal, instance=retention_of(request.tenant))
        if form.is_valid():
            goes = what_goes(request.tenant, form.cleaned_data)
            if goes and "confirmed" not in request.POST:
                return render(request, "retention/shorter.html", {"form": form, "consequences": goes})
            if _saved(request, form, nothing_goes=form.is_shorter() and not goes):
                return go(request, reverse("records"))
    text, kept = request.GET.get("q", "")[:100], retention_of(request.tenant)
    removed = removed_machines(request.tenant, frame_of(request).reach, text)
    context: dict[str, Any] = {
        "form": form,
        "retention": kept,
        "may_write": said[actions.TENANT_WRITE].allowed,
        "may_hold": said[actions.HOLD_WRITE].allowed,
        "may_act": _may_act(request),
        "public_key": public_key(),
        "text": text,
        "matches": matches(request.principal, text),
        "removed": removed[:MOST],
        "more_removed": len(removed) > MOST,
        **records_of(request.tenant),
        "next_seal": next_seal(kept),
    }
    return render(request, "retention/records.html", context)


def _may_act(request: PortalRequest) -> bool:
    """Whether there is anything whose records this person may hold or delete."""
    held = frame_of(request).reach
    return any(
        held.within(one, HOLDERS | {"virtualmachines"}) for one in (actions.HOLD_WRITE, actions.LOG_DELETE)
    )


def _saved(request: PortalRequest, form: RetentionForm, *, nothing_goes: bool) -> bool:
    known = request.POST.get("known", "")
    try:
        change_retention(by=request.principal, tenant=request.tenant, known=known, **form.cleaned_data)
    except SavedMeanwhile as meanwhile:
        form.saved_meanwhile(known, meanwhile.kept)
        return False
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("How long records are kept is saved."))
    if nothing_goes:
        messages.info(request, _("Nothing is older than that now; it goes as soon as it is."))
    return True
