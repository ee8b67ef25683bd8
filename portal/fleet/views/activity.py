"""What happened at a scope and below it. In: a request for a scope. Out: a page of the audit chain, newest first, sealed files included."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET

from accounts import actions
from accounts.audit_matching import fitting
from accounts.audit_selectors import Filters, entries_at, search
from accounts.noting import note_reading
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet.context import frame_of
from portal.fleet.forms.activity import ActivityForm
from portal.fleet.models import Subscription
from portal.fleet.review import saved, timeline
from portal.fleet.review.lines import lines
from portal.fleet.sealing import reading
from portal.fleet.views.scope_page import ScopePage, open_scope

AT_ONCE = 50
SEALED = "sealed"  # in the query: the page goes on in sealed files, before that link of the chain


def form_for(request: PortalRequest, page: ScopePage) -> ActivityForm:
    """Whoever reads the whole tenant's log, which the gate was asked about, reads that of each subscription."""
    wide = page.here.key == request.tenant.scope.lower()
    inside = Subscription.objects.filter(tenant=request.tenant).order_by("name", "id")
    return ActivityForm(
        request.GET,
        by=request.principal,
        tenant=request.tenant,
        scope=page.here.scope,
        knows_sign_ins=frame_of(request).reach.includes(actions.DIRECTORY_READ, anywhere=False),
        subscriptions=inside if wide else None,
    )


def note_read(request: PortalRequest, page: ScopePage) -> None:
    note_reading(
        by=request.principal,
        action=actions.AUDIT_READ,
        scope=page.here.scope,
        tenant_id=request.tenant.id,
        what="audit log",
    )


@gzip_page
@require_GET
@portal_page
def activity(request: PortalRequest, scope: str) -> HttpResponse:
    page = open_scope(request, scope, actions.AUDIT_READ)
    form = form_for(request, page)
    filters = form.filters()
    listed = _listed(request, page, filters) if filters else {}
    shown = {
        "page": page,
        "form": form,
        "views": saved.views_of(request.principal, request.tenant),
        "by": timeline.of(request.GET.get("by")),
    }
    return render(request, "fleet/activity.html", {**shown, **listed})


def _listed(request: PortalRequest, page: ScopePage, filters: Filters) -> dict[str, object]:
    listed = (_sealed if SEALED in request.GET else _kept)(request, page, filters)
    note_read(request, page)
    return listed


def _kept(request: PortalRequest, page: ScopePage, filters: Filters) -> dict[str, object]:
    found = search(entries_at(request.tenant, page.here.scope), filters)
    listed = keyset.page(found, order=("-at", "-id"), request=request, size=AT_ONCE)
    seals = reading.seals(request.tenant.id, None, filters.since, filters.until)
    goes_on = not listed.next and seals.exists()
    return {
        "listed": listed,
        "lines": lines(request.tenant, listed.rows, page.here.key),
        "sealed_from": (listed.rows[-1].seq if listed.rows else "all") if goes_on else None,
    }


def _sealed(request: PortalRequest, page: ScopePage, filters: Filters) -> dict[str, object]:
    """Read for some moments only: a filter that fits little may take several turns."""
    typed = request.GET[SEALED]
    found = reading.older(
        request.tenant.id,
        fitting(request.tenant, page.here.scope, filters),
        int(typed) if typed.isdecimal() and len(typed) < 18 else None,
        since=filters.since,
        until=filters.until,
        most=AT_ONCE,
    )
    return {"found": found, "lines": lines(request.tenant, found.entries, page.here.key), "is_sealed": True}
