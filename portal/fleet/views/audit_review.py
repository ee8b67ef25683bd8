"""What the audit page loads beside its list: a picture of who did what when, one entry's story, and filters under a name."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from accounts import actions
from accounts.access import authorize
from accounts.audit_selectors import entries_at, search
from accounts.models.audit import Outcome
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.fleet.forms.activity import SaveViewForm
from portal.fleet.review import saved, timeline
from portal.fleet.review.lines import SHAPES
from portal.fleet.review.story import story_of
from portal.fleet.views.activity import form_for, note_read
from portal.fleet.views.audit_gone import gone
from portal.fleet.views.scope_page import open_scope

BY = [(timeline.PERSON, gettext_lazy("per person")), (timeline.MACHINE, gettext_lazy("per machine"))]


@gzip_page
@require_GET
@portal_page
def audit_timeline(request: PortalRequest, scope: str) -> HttpResponse:
    page = open_scope(request, scope, actions.AUDIT_READ)
    form = form_for(request, page)
    filters = form.filters()
    if filters is None:
        return HttpResponse(_("Nothing to draw."))
    found = search(entries_at(request.tenant, page.here.scope), filters)
    picture = timeline.picture(found, filters, timeline.of(request.GET.get("by")))
    note_read(request, page)
    outcomes = [(SHAPES[value], words) for value, words in Outcome.choices]
    shown = {"picture": picture, "page": page, "query": QueryDict(form.query())}
    return render(request, "fleet/audit_timeline.html", {**shown, "choices": BY, "outcomes": outcomes})


@require_GET
@portal_page
def audit_entry(request: PortalRequest, seq: int, scope: str) -> HttpResponse:
    """A fragment for the side of the list, or a page of its own."""
    page = open_scope(request, scope, actions.AUDIT_READ)
    context = {"page": page, "story": story_of(request.tenant, page.here.scope, seq)}
    note_read(request, page)
    return render(request, "fleet/audit_story.html" if request.htmx else "fleet/audit_entry.html", context)


@portal_page
@require_POST
def audit_view_save(request: PortalRequest, scope: str) -> HttpResponse:
    page = open_scope(request, scope, actions.AUDIT_READ)
    form = SaveViewForm(request.POST)
    query = QueryDict(request.POST.get("query", "")[:1000]).urlencode()
    if form.is_valid():
        if form.cleaned_data["shared"]:
            authorize(request.principal, actions.TENANT_WRITE, request.tenant)
        try:
            view = saved.save_view(
                by=request.principal, tenant=request.tenant, query=query, **form.cleaned_data
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The view %(name)s is saved.") % {"name": view.name})
    else:
        messages.error(request, _("A view needs a name of at most 80 signs."))
    return go(request, f"{reverse('activity', args=[page.address])}?{query}")


@portal_page
@require_POST
def audit_view_remove(request: PortalRequest, view_id: UUID, scope: str) -> HttpResponse:
    """One's own; one that everybody sees, also by whoever may write the tenant's settings."""
    page = open_scope(request, scope, actions.AUDIT_READ)
    view = saved.views_of(request.principal, request.tenant).filter(id=view_id).first()
    if view is None:
        return gone(request, reverse("activity", args=[page.address]), _("Audit log"))
    if view.owner_id != request.principal.id:
        authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    saved.remove_view(by=request.principal, view=view)
    messages.success(request, _("The view %(name)s is removed.") % {"name": view.name})
    return go(request, reverse("activity", args=[page.address]))
