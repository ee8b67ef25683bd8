"""A tenant's own settings: its name, multi-factor sign-in, identity providers, and who of the platform's staff had access."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions, directory
from accounts.access import NotVisible, authorize
from accounts.forms.directory import TenantForm
from accounts.models import Tenant
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.rights import reading
from accounts.selectors import people_of
from accounts.services.tenants import change_tenant, end_staff_grant
from accounts.views.two_steps import confirm

GRANTS = 50


@portal_page
def tenant_settings(request: PortalRequest) -> HttpResponse:
    rights = reading(request, actions.TENANT_READ)
    form = TenantForm(instance=Tenant.objects.get(id=request.tenant.id))
    if request.method == "POST":
        authorize(request.principal, actions.TENANT_WRITE, request.tenant)
        form = TenantForm(request.POST, instance=Tenant.objects.get(id=request.tenant.id))
        if form.is_valid() and _save(request, form):
            messages.success(request, _("The settings are saved."))
            return go(request, reverse("tenant_settings"))
    return _page(request, form=form, rights=rights)


def _page(request: PortalRequest, **context: Any) -> HttpResponse:
    return render(
        request,
        "accounts/tenant_settings.html",
        {
            "unprotected": directory.without_second_factor(people_of(request.tenant)).count(),
            "providers": request.tenant.identity_providers.all(),
            "grants": directory.staff_grants_of(request.tenant)[:GRANTS],
            **context,
        },
    )


def _save(request: PortalRequest, form: TenantForm) -> bool:
    if not form.changed_data:
        return True
    changes = {field: form.cleaned_data[field] for field in form.changed_data}
    try:
        request.tenant = change_tenant(
            by=request.principal, tenant=Tenant.objects.get(id=request.tenant.id), **changes
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@portal_page
def grant_end(request: PortalRequest, grant_id: UUID) -> HttpResponse:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    grant = directory.staff_grants_of(request.tenant).select_related("tenant").filter(id=grant_id).first()
    if grant is None or not grant.is_live:
        raise NotVisible
    return confirm(
        request,
        title=_("End the access of %(name)s now?") % {"name": grant.staff},
        consequences=[
            _("Whatever they have open in this tenant ends within seconds."),
            _("What they did stays in the activity log."),
        ],
        submit=_("End now"),
        cancel=reverse("tenant_settings"),
        act=partial(end_staff_grant, by=request.principal, grant=grant),
        done=_("The access of %(name)s has ended.") % {"name": grant.staff},
    )
