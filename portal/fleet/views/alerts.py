"""Where a tenant hears of trouble: webhooks and mailboxes, added, tried, turned off, removed."""

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
from portal.fleet.alerts.failures import in_words
from portal.fleet.alerts.selectors import newest_alerts, targets_of
from portal.fleet.forms.alerts import AlertTargetForm
from portal.fleet.models import AlertTarget
from portal.fleet.services import alerts as services


def _target(request: PortalRequest, target_id: UUID) -> AlertTarget:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    found = targets_of(request.tenant).filter(id=target_id).select_related("tenant").first()
    if found is None:
        raise NotVisible
    return found


@portal_page
@never_cache
def alerts(request: PortalRequest) -> HttpResponse:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    form = AlertTargetForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            target, secret = services.add_alert_target(
                by=request.principal, tenant=request.tenant, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _page(request, form=AlertTargetForm(), added=target, secret=secret)
    return _page(request, form=form)


def _page(request: PortalRequest, **context: Any) -> HttpResponse:
    shown = {
        "targets": targets_of(request.tenant),
        "alerts": newest_alerts(request.principal, request.tenant),
        "form": AlertTargetForm(),
    }
    return render(request, "fleet/alerts.html", {**shown, **context})


@portal_page
@require_POST
def alert_test(request: PortalRequest, target_id: UUID) -> HttpResponse:
    target = _target(request, target_id)
    problem = services.try_alert_target(by=request.principal, target=target)
    if problem:
        messages.error(
            request,
            _("The test did not reach %(address)s. %(why)s")
            % {"address": target.address, "why": in_words(problem)},
        )
    else:
        messages.success(request, _("The test reached %(address)s.") % {"address": target.address})
    return go(request, reverse("alerts"))


@portal_page
@require_POST
def alert_switch(request: PortalRequest, target_id: UUID) -> HttpResponse:
    target = _target(request, target_id)
    enabled = request.POST.get("enabled") == "1"
    done = _("%(address)s is enabled.") if enabled else _("%(address)s is disabled.")
    return attempt(
        request,
        partial(services.switch_alert_target, by=request.principal, target=target, enabled=enabled),
        done=done % {"address": target.address},
        then=reverse("alerts"),
    )


@portal_page
@never_cache
@require_POST
def alert_secret(request: PortalRequest, target_id: UUID) -> HttpResponse:
    """Shows the new secret once, on the page that answers."""
    target = _target(request, target_id)
    try:
        secret = services.renew_alert_secret(by=request.principal, target=target)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return go(request, reverse("alerts"))
    return _page(request, added=target, secret=secret)


@portal_page
def alert_remove(request: PortalRequest, target_id: UUID) -> HttpResponse:
    target = _target(request, target_id)
    return confirm(
        request,
        title=_("Remove %(address)s?") % {"address": target.address},
        consequences=[
            _("Nobody hears of trouble there any more."),
            _("What still waits for it is given up."),
        ],
        submit=_("Remove"),
        cancel=reverse("alerts"),
        act=partial(services.remove_alert_target, by=request.principal, target=target),
        done=_("%(address)s is removed.") % {"address": target.address},
    )
