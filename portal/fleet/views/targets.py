"""The pages of targets, once for alerts and for forwarding: shown, added, tried, turned off, given a new secret, removed.

What differs is a `Kind`, which portal/fleet/urls.py hands to each view; there are two, in alerts.py and forwarding.py beside this file. What
staff see of the platform's own chain is a page of their site: platform_forwarding.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.access import NotVisible, authorize, decide
from accounts.models import Tenant
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.views.two_steps import attempt, confirm
from portal.fleet.models import Target
from portal.fleet.services import targets as services
from portal.fleet.targets.failures import in_words


@dataclass(frozen=True)
class Kind:
    page: str  # the name of its URL, and of its template
    acts: str  # how the names of its acts' URLs begin
    form: type[forms.Form]
    targets_of: Callable[[Tenant], "QuerySet[Any]"]
    add: Callable[..., tuple[Target, str]]
    switch: Callable[..., None]
    try_out: Callable[..., str]
    once_removed: tuple[Promise, ...]
    right_to_add: str = actions.TENANT_WRITE  # besides that one, which everything here takes
    beside: Callable[[PortalRequest], dict[str, Any]] = lambda request: {}


@portal_page
@never_cache
def page(request: PortalRequest, of: Kind) -> HttpResponse:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    if request.method != "POST":
        return _shown(request, of)
    authorize(request.principal, of.right_to_add, request.tenant)
    add = partial(of.add, by=request.principal, tenant=request.tenant)
    return _shown(request, of, **added(request, of.form(request.POST), add))


def added(request: HttpRequest, form: forms.Form, add: Callable[..., tuple[Target, str]]) -> dict[str, Any]:
    """What the page shows once its form was sent by whoever may."""
    if form.is_valid():
        try:
            target, secret = add(**form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("%(address)s is added.") % {"address": target.address})
            return {"added": target, "secret": secret}
    return {"form": form}


def _shown(request: PortalRequest, of: Kind, **context: Any) -> HttpResponse:
    shown = {
        "of": of,
        "targets": of.targets_of(request.tenant),
        "form": of.form(),
        "may_add": decide(request.principal, of.right_to_add, request.tenant).allowed,
        **of.beside(request),
    }
    return render(request, f"fleet/{of.page}.html", {**shown, **context})


def _target(request: PortalRequest, of: Kind, target_id: UUID) -> Target:
    authorize(request.principal, actions.TENANT_WRITE, request.tenant)
    found: Target | None = of.targets_of(request.tenant).filter(id=target_id).select_related("tenant").first()
    if found is None:
        raise NotVisible
    return found


@portal_page
@require_POST
def test(request: PortalRequest, target_id: UUID, of: Kind) -> HttpResponse:
    target = _target(request, of, target_id)
    tried(request, target, partial(of.try_out, by=request.principal, target=target))
    return go(request, reverse(of.page))


def tried(request: HttpRequest, target: Target, try_out: Callable[[], str]) -> None:
    told = {"address": target.address}
    try:
        problem = try_out()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        if problem:
            failed = _("The test did not reach %(address)s. %(why)s")
            messages.error(request, failed % {**told, "why": in_words(problem)})
        else:
            messages.success(request, _("The test reached %(address)s.") % told)


@portal_page
@require_POST
def switch(request: PortalRequest, target_id: UUID, of: Kind) -> HttpResponse:
    target = _target(request, of, target_id)
    enabled = request.POST.get("enabled") == "1"
    done = _("%(address)s is enabled.") if enabled else _("%(address)s is disabled.")
    return attempt(
        request,
        partial(of.switch, by=request.principal, target=target, enabled=enabled),
        done=done % {"address": target.address},
        then=reverse(of.page),
    )


@portal_page
@never_cache
@require_POST
def secret(request: PortalRequest, target_id: UUID, of: Kind) -> HttpResponse:
    """Shows the new secret once, on the page that answers."""
    target = _target(request, of, target_id)
    try:
        renewed = services.renew_secret(by=request.principal, target=target)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return go(request, reverse(of.page))
    return _shown(request, of, added=target, secret=renewed)


@portal_page
def remove(request: PortalRequest, target_id: UUID, of: Kind) -> HttpResponse:
    target = _target(request, of, target_id)
    return confirm(
        request,
        title=_("Remove %(address)s?") % {"address": target.address},
        consequences=[str(one) for one in of.once_removed],
        submit=_("Remove"),
        cancel=reverse(of.page),
        act=partial(services.remove, by=request.principal, target=target),
        done=_("%(address)s is removed.") % {"address": target.address},
    )
