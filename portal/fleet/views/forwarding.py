"""Where a tenant's audit log goes: syslog receivers and webhooks, added, tried, turned off, removed."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.access import NotVisible, authorize
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.views.two_steps import attempt, confirm
from portal.fleet.forms.forwarding import ForwardTargetForm
from portal.fleet.forwarding.failures import in_words
from portal.fleet.forwarding.selectors import targets_of
from portal.fleet.models import ForwardTarget
from portal.fleet.services import forwarding as services


def _target(request: PortalRequest, target_id: UUID) -> ForwardTarget:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    found = targets_of(request.tenant).filter(id=target_id).select_related("tenant").first()
    if found is None:
        raise NotVisible
    return found


@portal_page
@never_cache
def forwarding(request: PortalRequest) -> HttpResponse:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    if request.method == "POST":  # whoever adds one reads there what the audit log has
        authorize(request.principal, actions.AUDIT_READ, request.tenant)
    form = ForwardTargetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            target, secret = services.add_forward_target(
                by=request.principal, tenant=request.tenant, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(address)s is added.") % {"address": target.address})
            return _page(request, form=ForwardTargetForm(), added=target, secret=secret)
    return _page(request, form=form)


def _page(request: PortalRequest, **context: Any) -> HttpResponse:
    shown = {"targets": targets_of(request.tenant), "form": ForwardTargetForm()}
    return render(request, "fleet/forwarding.html", {**shown, **context})


@portal_page
@require_POST
def forwarding_test(request: PortalRequest, target_id: UUID) -> HttpResponse:
    target = _target(request, target_id)
    problem = services.try_forward_target(by=request.principal, target=target)
    if problem:
        told = _("The test did not reach %(address)s. %(why)s")
        messages.error(request, told % {"address": target.address, "why": in_words(problem)})
    else:
        messages.success(request, _("The test reached %(address)s.") % {"address": target.address})
    return go(request, reverse("forwarding"))


@portal_page
@require_POST
def forwarding_switch(request: PortalRequest, target_id: UUID) -> HttpResponse:
    target = _target(request, target_id)
    enabled = request.POST.get("enabled") == "1"
    done = _("%(address)s is enabled.") if enabled else _("%(address)s is disabled.")
    return attempt(
        request,
        partial(services.switch_forward_target, by=request.principal, target=target, enabled=enabled),
        done=done % {"address": target.address},
        then=reverse("forwarding"),
    )


@portal_page
@never_cache
@require_POST
def forwarding_secret(request: PortalRequest, target_id: UUID) -> HttpResponse:
    """Shows the new secret once, on the page that answers."""
    target = _target(request, target_id)
    try:
        secret = services.renew_forward_secret(by=request.principal, target=target)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return go(request, reverse("forwarding"))
    return _page(request, added=target, secret=secret)


@portal_page
def forwarding_remove(request: PortalRequest, target_id: UUID) -> HttpResponse:
    target = _target(request, target_id)
    return confirm(
        request,
        title=_("Remove %(address)s?") % {"address": target.address},
        consequences=[
            _("No entry of the audit log goes there any more."),
            _("What it has not had yet does not follow. The log itself stays here."),
        ],
        submit=_("Remove"),
        cancel=reverse("forwarding"),
        act=partial(services.remove_forward_target, by=request.principal, target=target),
        done=_("%(address)s is removed.") % {"address": target.address},
    )
