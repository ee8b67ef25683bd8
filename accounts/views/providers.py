"""The identity providers of a tenant: create, edit, try out, disable."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.access import NotVisible, authorize
from accounts.forms.directory import ProviderForm
from accounts.models import IdentityProvider
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.services.providers import discover, save_provider, set_provider_active
from accounts.views.two_steps import attempt, confirm


def _provider(request: PortalRequest, provider_id: UUID) -> IdentityProvider:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    found = (
        IdentityProvider.objects.filter(id=provider_id, tenant=request.tenant)
        .select_related("tenant")
        .first()
    )
    if found is None:
        raise NotVisible
    return found


@portal_page
def provider_new(request: PortalRequest) -> HttpResponse:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    return _edit(request, IdentityProvider(tenant=request.tenant), title=_("New identity provider"))


@portal_page
def provider(request: PortalRequest, provider_id: UUID) -> HttpResponse:
    kept = _provider(request, provider_id)
    if request.method == "POST":
        # whoever points it at another issuer can sign in as any of its people, with the roles they hold
        authorize(request.principal, actions.ASSIGNMENT_WRITE, request.tenant)
    edited = IdentityProvider.objects.get(id=kept.id)
    return _edit(request, edited, title=kept.name, provider=kept)


def _edit(request: PortalRequest, edited: IdentityProvider, **context: Any) -> HttpResponse:
    form = ProviderForm(request.POST if request.method == "POST" else None, instance=edited)
    if form.is_valid() and _save(request, form):
        messages.success(
            request, _("%(name)s is saved. Test it before you rely on it.") % {"name": form.instance.name}
        )
        return go(request, reverse("provider", args=[form.instance.id]))
    return _page(request, form=form, **context)


def _page(request: PortalRequest, **context: Any) -> HttpResponse:
    kept: IdentityProvider | None = context.get("provider")
    sample = request.build_absolute_uri(reverse("provider_callback", args=[kept.slug if kept else "NAME"]))
    shown = {"callback": sample} if kept else {"callback_pattern": sample.replace("NAME", _("<short name>"))}
    return render(request, "accounts/provider.html", {**shown, **context})


def _save(request: PortalRequest, form: ProviderForm) -> bool:
    try:
        save_provider(
            by=request.principal,
            tenant=request.tenant,
            provider=form.instance,
            client_secret=form.cleaned_data["client_secret"],
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


@portal_page
def provider_test(request: PortalRequest, provider_id: UUID) -> HttpResponse:
    if request.method != "POST":
        return go(request, reverse("provider", args=[provider_id]))
    tried = _provider(request, provider_id)
    found = discover(tried.issuer)
    return _page(
        request, form=ProviderForm(instance=tried), title=tried.name, provider=tried, discovery=found
    )


@portal_page
def provider_disable(request: PortalRequest, provider_id: UUID) -> HttpResponse:
    disabled = _provider(request, provider_id)
    return confirm(
        request,
        title=_("Disable %(name)s?") % {"name": disabled},
        consequences=[
            _("Nobody signs in through it any more; sessions that are open stay until they end."),
            _("Whoever has no password here is locked out until you enable it again."),
        ],
        submit=_("Disable"),
        cancel=reverse("provider", args=[provider_id]),
        act=partial(set_provider_active, by=request.principal, provider=disabled, active=False),
        done=_("%(name)s is disabled.") % {"name": disabled},
    )


@portal_page
@require_POST
def provider_enable(request: PortalRequest, provider_id: UUID) -> HttpResponse:
    enabled = _provider(request, provider_id)
    return attempt(
        request,
        partial(set_provider_active, by=request.principal, provider=enabled, active=True),
        done=_("%(name)s is enabled.") % {"name": enabled},
        then=reverse("provider", args=[provider_id]),
    )
