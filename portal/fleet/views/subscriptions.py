"""Subscriptions: the list, a page each, and their settings; the console switch has a module of its own."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import inventory
from portal.fleet.copy_as import RESOURCES, az, curl
from portal.fleet.forms.resources import AddressRulesForm, ConsoleTimesForm, RenameForm
from portal.fleet.models import Subscription
from portal.fleet.places import chain
from portal.fleet.selectors import resource_and_rights
from portal.fleet.services.resources import rename_subscription, set_address_rules, set_console_times

SORTS = {"name": ("name", "id"), "-name": ("-name", "-id"), "switch": ("console_enabled", "name", "id")}


@portal_page
def subscription_list(request: PortalRequest) -> HttpResponse:
    found = inventory.subscriptions(request.principal)
    for word in request.GET.get("q", "")[:100].split():
        found = found.filter(name__icontains=word)
    order = SORTS.get(request.GET.get("sort", "name"), SORTS["name"])
    context = {
        "page": keyset.page(found, order=order, request=request),
        "az": az("account", "list", output="table"),
        "curl": curl(request, "/subscriptions", api_version=RESOURCES),
    }
    return render(request, "fleet/subscriptions.html", context)


def opened(
    request: PortalRequest, subscription_id: UUID, *wanted: str
) -> tuple[Subscription, dict[str, bool]]:
    """The subscription once the first action is allowed there, and which of the others are."""
    found, rights = resource_and_rights(request.principal, list(wanted), f"/subscriptions/{subscription_id}")
    return cast(Subscription, found), {action: decision.allowed for action, decision in rights.items()}


@portal_page
def subscription(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    shown, may = opened(
        request,
        subscription_id,
        actions.SUBSCRIPTION_READ,
        actions.SUBSCRIPTION_WRITE,
        actions.CONSOLE_DISABLE,
        actions.CONSOLE_ENABLE,
    )
    groups = inventory.groups_in(request.principal, shown)
    path = f"/subscriptions/{shown.id}"
    context = {
        "subscription": shown,
        "places": chain(request.tenant, shown)[:-1],
        "may_write": may[actions.SUBSCRIPTION_WRITE],
        "may_switch": may[actions.CONSOLE_DISABLE if shown.console_enabled else actions.CONSOLE_ENABLE],
        "page": keyset.page(groups, order=("name", "id"), request=request),
        "az": az("account", "show", subscription=str(shown.id)),
        "curl": curl(request, path, api_version=RESOURCES),
    }
    return render(request, "fleet/subscription.html", context)


@portal_page
def subscription_rename(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    shown, _may = opened(request, subscription_id, actions.SUBSCRIPTION_WRITE)
    form = RenameForm(request.POST if request.method == "POST" else None, instance=shown)

    def save() -> None:
        kept = Subscription.objects.get(id=shown.id)
        rename_subscription(by=request.principal, subscription=kept, name=form.cleaned_data["name"])

    return _edited(
        request, shown, form, save, title=_("Rename the subscription"), hint=_("Its id stays the same.")
    )


@portal_page
def subscription_addresses(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    shown, _may = opened(request, subscription_id, actions.SUBSCRIPTION_WRITE)
    posted = request.POST if request.method == "POST" else None
    form = AddressRulesForm(posted, initial={"rules": shown.address_rules})

    def save() -> None:
        set_address_rules(by=request.principal, subscription=shown, rules=form.cleaned_data["rules"])

    hint = _(
        "From other addresses people may look at this subscription but not act: no console, no power, no settings. You are at %(address)s now."
    ) % {"address": request.address or "?"}
    return _edited(request, shown, form, save, title=_("Allowed addresses"), hint=hint)


@portal_page
def subscription_console_times(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    shown, _may = opened(request, subscription_id, actions.SUBSCRIPTION_WRITE)
    form = ConsoleTimesForm(request.POST if request.method == "POST" else None, instance=shown)

    def save() -> None:
        chosen = form.cleaned_data
        set_console_times(
            by=request.principal,
            subscription=shown,
            idle_minutes=chosen["console_idle_minutes"],
            longest_minutes=chosen["console_longest_minutes"],
        )

    hint = _("Two minutes before a console closes, whoever is attached is warned.")
    return _edited(request, shown, form, save, title=_("Times of consoles"), hint=hint)


def _edited(
    request: PortalRequest,
    shown: Subscription,
    form: forms.BaseForm,
    save: Callable[[], None],
    **context: Any,
) -> HttpResponse:
    """Shows the form until what is typed is good; what the service refuses is told at the field."""
    back = reverse("subscription", args=[shown.id])
    if form.is_valid():
        try:
            save()
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return go(request, back)
    places = chain(request.tenant, Subscription.objects.get(id=shown.id))
    return render(
        request, "fleet/subscription_form.html", {"form": form, "cancel": back, "places": places, **context}
    )
