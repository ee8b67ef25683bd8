"""Files of the audit log. In: filters, then a form. Out: the file at once where it is small; else a page that shows how far it has come, then the file."""

import gzip
from collections.abc import Iterator
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import actions
from accounts.decisions import NotVisible
from accounts.noting import note_reading
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.config.streaming import streamed
from portal.fleet.forms.activity import ExportForm
from portal.fleet.models import AuditExport, ExportState
from portal.fleet.review import exports
from portal.fleet.review.walking import Wanted, stretches
from portal.fleet.review.writing import FORMS, head, lines
from portal.fleet.selectors import resource_at
from portal.fleet.stores.opening import store_of
from portal.fleet.views.activity import form_for
from portal.fleet.views.scope_page import open_scope

PIECE = 2000  # entries


@portal_page
@never_cache
def audit_export_new(request: PortalRequest, scope: str) -> HttpResponseBase:
    """Says how many entries it would be before anything is made."""
    page = open_scope(request, scope, actions.AUDIT_READ)
    chosen = form_for(request, page)
    wanted = Wanted(request.tenant, page.here.scope, chosen.filters_until(timezone.now()))
    size = exports.size_of(wanted)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and size.at_once:
        return _at_once(request, wanted, form.cleaned_data["form"], size.rows)
    if form.is_valid():
        ask = partial(exports.ask_export, by=request.principal, wanted=wanted, size=size)
        try:
            export = ask(form=form.cleaned_data["form"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return go(request, reverse("audit_export", args=[export.id]))
    context = {"page": page, "size": size, "form": form, "query": chosen.query(), "hours": 24}
    return render(request, "fleet/audit_export_new.html", context)


def _at_once(request: PortalRequest, wanted: Wanted, form: str, rows: int) -> HttpResponseBase:
    exports.note_export(by=request.principal, wanted=wanted, form=form, rows=rows)

    def pieces() -> Iterator[bytes]:
        yield head(form)
        for stretch in stretches(wanted, PIECE):
            yield lines(form, stretch.entries)

    return streamed(request, pieces(), _headers(form, request.tenant.slug))


def _headers(form: str, tenant: str) -> dict[str, str]:
    name = f"audit-{tenant}-{timezone.now():%Y%m%d-%H%M}.{form}"
    return {
        "Content-Type": FORMS[form],
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }


@portal_page
@require_safe
@never_cache
def audit_exports(request: PortalRequest) -> HttpResponse:
    found = exports.exports_of(request.principal, request.tenant)
    return render(request, "fleet/audit_exports.html", {"exports": found})


@portal_page
@require_safe
@never_cache
def audit_export(request: PortalRequest, export_id: UUID) -> HttpResponse:
    template = "fleet/audit_export_state.html" if request.htmx else "fleet/audit_export.html"
    return render(request, template, {"export": _mine(request, export_id)})


@portal_page
@require_safe
def audit_export_file(request: PortalRequest, export_id: UUID) -> HttpResponseBase:
    """The rights are asked for anew: they may have ended since the file was asked for."""
    export = _mine(request, export_id)
    resource_at(request.principal, actions.AUDIT_READ, export.scope)
    if export.state != ExportState.READY:
        raise NotVisible
    note_reading(
        by=request.principal,
        action=actions.AUDIT_EXPORT,
        scope=export.scope,
        tenant_id=request.tenant.id,
        what=f"file {export.id}",
    )
    store = store_of(None)
    parts = (exports.part_name(export, number) for number in range(export.parts))
    pieces = (gzip.decompress(store.get(name)) for name in parts)
    return streamed(request, pieces, _headers(export.form, request.tenant.slug))


@portal_page
@require_POST
def audit_export_remove(request: PortalRequest, export_id: UUID) -> HttpResponse:
    exports.remove_export(export=_mine(request, export_id))
    messages.success(request, _("The file is removed."))
    return go(request, reverse("audit_exports"))


def _mine(request: PortalRequest, export_id: UUID) -> AuditExport:
    """Of nobody else, whatever they may read."""
    found = exports.exports_of(request.principal, request.tenant).filter(id=export_id).first()
    if found is None:
        raise NotVisible
    return found
