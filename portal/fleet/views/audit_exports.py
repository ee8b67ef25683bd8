"""Files of the audit log. In: filters, then a form. Out: the file at once where it is small; else a page that shows how far it has come, then the file."""

import gzip
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Concatenate
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
from portal.fleet.forms.activity import CameForm, ExportForm
from portal.fleet.models import AuditExport, ExportState
from portal.fleet.review import exports
from portal.fleet.review.exports import Size
from portal.fleet.review.walking import Wanted, stretches
from portal.fleet.review.writing import FORMS, head, lines
from portal.fleet.selectors import resource_at
from portal.fleet.stores.opening import store_of
from portal.fleet.views.activity import form_for
from portal.fleet.views.audit_gone import gone
from portal.fleet.views.scope_page import open_scope

PIECE = 2000  # entries
CAME = "homeport-came"


@portal_page
@never_cache
def audit_export_new(request: PortalRequest, scope: str) -> HttpResponseBase:
    """Says how many entries it would be before anything is made; of filters that are not understood, nothing is."""
    page = open_scope(request, scope, actions.AUDIT_READ)
    chosen = form_for(request, page)
    filters = chosen.filters_until(timezone.now())
    form = ExportForm(request.POST if request.method == "POST" else None)
    context = {"page": page, "form": form, "chosen": chosen, "query": chosen.query(), "hours": 24}
    if filters is not None:
        wanted = Wanted(request.tenant, page.here.scope, filters, chosen.typed())
        context["size"] = size = exports.size_of(wanted)
        answer = _made(request, form, wanted, size) if size.is_any and form.is_valid() else None
        if answer is not None:
            return answer
    return render(request, "fleet/audit_export_new.html", context)


def _made(request: PortalRequest, form: ExportForm, wanted: Wanted, size: Size) -> HttpResponseBase | None:
    """None where it was refused, for which the form has the reason."""
    chosen = form.cleaned_data["form"]
    if size.at_once:
        return _at_once(request, wanted, chosen, size.rows)
    try:
        export = exports.ask_export(by=request.principal, wanted=wanted, form=chosen, size=size)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    return go(request, reverse("audit_export", args=[export.id]))


def _at_once(request: PortalRequest, wanted: Wanted, form: str, rows: int) -> HttpResponseBase:
    exports.note_export(by=request.principal, wanted=wanted, form=form, rows=rows)

    def pieces() -> Iterator[bytes]:
        yield head(form)
        for stretch in stretches(wanted, PIECE):
            yield lines(form, stretch.entries)

    answer = streamed(request, pieces(), _headers(form, request.tenant.slug))
    told = CameForm(request.POST)
    if told.is_valid():
        # read by the page, which stays as it is while a file comes
        value, path = f"{told.cleaned_data['token']}.{rows}", request.path
        answer.set_cookie(CAME, value, max_age=60, path=path, samesite="Strict", secure=request.is_secure())
    return answer


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


Answer = Callable[Concatenate[PortalRequest, AuditExport, ...], HttpResponseBase]


def _of_ones_own(answer: Answer) -> Callable[..., HttpResponseBase]:
    """Of nobody else, whatever they may read."""

    @wraps(answer)
    def answered(request: PortalRequest, export_id: UUID) -> HttpResponseBase:
        export = exports.exports_of(request.principal, request.tenant).filter(id=export_id).first()
        if export is None:
            return gone(request, reverse("audit_exports"), _("My files of the audit log"))
        return answer(request, export)

    return answered


@portal_page
@require_safe
@never_cache
@_of_ones_own
def audit_export(request: PortalRequest, export: AuditExport) -> HttpResponse:
    template = "fleet/audit_export_state.html" if request.htmx else "fleet/audit_export.html"
    return render(request, template, {"export": export})


@portal_page
@require_safe
@_of_ones_own
def audit_export_file(request: PortalRequest, export: AuditExport) -> HttpResponseBase:
    """The rights are asked for anew: they may have ended since the file was asked for."""
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
    pieces = (gzip.decompress(store.get(name)) for name in exports.part_names(export))
    return streamed(request, pieces, _headers(export.form, request.tenant.slug))


@portal_page
@require_POST
@_of_ones_own
def audit_export_remove(request: PortalRequest, export: AuditExport) -> HttpResponse:
    exports.remove_export(export=export)
    messages.success(request, _("The file is removed."))
    return go(request, reverse("audit_exports"))


@portal_page
@require_POST
@_of_ones_own
def audit_export_again(request: PortalRequest, export: AuditExport) -> HttpResponse:
    exports.try_again(export=export)
    return go(request, reverse("audit_export", args=[export.id]))
