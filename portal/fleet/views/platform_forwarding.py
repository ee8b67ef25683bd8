"""Where the audit entries of no tenant go. In: a request that the staff's site has let in. Out: targets of forwarding, as a tenant has them of its own."""

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.admin.base import acting
from portal.fleet.forms.targets import ForwardTargetForm
from portal.fleet.forwarding.selectors import targets_of_platform
from portal.fleet.models import ForwardTarget
from portal.fleet.services import forwarding, targets
from portal.fleet.views.forwarding import KIND
from portal.fleet.views.targets import added, tried

PAGE = "platform_forwarding"


class PlatformTargetForm(ForwardTargetForm):
    default_renderer = DjangoTemplates  # as in the rest of the staff's site


@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request)
    add = partial(forwarding.add_forward_target, by=acting(request), tenant=None)
    return _shown(request, **added(request, PlatformTargetForm(request.POST), add))


def _shown(request: HttpRequest, **context: Any) -> HttpResponse:
    shown = {**_frame(request), "targets": targets_of_platform(), "form": PlatformTargetForm()}
    return TemplateResponse(request, "admin/forwarding.html", {**shown, **context})


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {**admin.site.each_context(request), "title": _("Forwarding")}


def _target(target_id: UUID) -> ForwardTarget:
    return get_object_or_404(targets_of_platform(), id=target_id)


@require_POST
def test(request: HttpRequest, target_id: UUID) -> HttpResponse:
    target = _target(target_id)
    tried(request, target, partial(forwarding.try_forward_target, by=acting(request), target=target))
    return redirect(PAGE)


@require_POST
def switch(request: HttpRequest, target_id: UUID) -> HttpResponse:
    target, enabled = _target(target_id), request.POST.get("enabled") == "1"
    forwarding.switch_forward_target(by=acting(request), target=target, enabled=enabled)
    done = _("%(address)s is enabled.") if enabled else _("%(address)s is disabled.")
    messages.success(request, done % {"address": target.address})
    return redirect(PAGE)


@never_cache
@require_POST
def secret(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """Shows the new secret once, on the page that answers."""
    target = _target(target_id)
    try:
        renewed = targets.renew_secret(by=acting(request), target=target)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(PAGE)
    return _shown(request, added=target, secret=renewed)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, target_id: UUID) -> HttpResponse:
    target = _target(target_id)
    if request.method == "GET":
        return _question(request, target)
    targets.remove(by=acting(request), target=target)
    messages.success(request, _("%(address)s is removed.") % {"address": target.address})
    return redirect(PAGE)


def _question(request: HttpRequest, target: ForwardTarget) -> HttpResponse:
    context = {
        **_frame(request),
        "title": _("Remove %(address)s?") % {"address": target.address},
        "effects": KIND.once_removed,
        "button": _("Remove"),
        "original": _("Forwarding"),
        "back": reverse(PAGE),
    }
    return TemplateResponse(request, "admin/homeport_confirm.html", context)
