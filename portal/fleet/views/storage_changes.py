"""Changes to storage accounts: made, edited, given credentials, tried, removed. Each asks the gate whether its account may be changed."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import actions
from accounts.access import authorize, visible_to
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.views.two_steps import confirm
from portal.fleet.forms.storage import (
    BucketForm,
    BucketSettingsForm,
    CredentialsForm,
    LocalForm,
    LocalSettingsForm,
)
from portal.fleet.models import ResourceGroup, StorageAccount
from portal.fleet.models.storage import StorageKind
from portal.fleet.places import chain, place_of
from portal.fleet.selectors import resource_at
from portal.fleet.services import storage as services
from portal.fleet.stores.words import in_words

S3 = str(StorageKind.S3)
KINDS = {str(StorageKind.LOCAL): LocalForm, S3: BucketForm}


def _opened(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> StorageAccount:
    scope = StorageAccount.scope_of(subscription_id, group, name)
    return cast(StorageAccount, resource_at(request.principal, actions.STORAGE_WRITE, scope))


@portal_page
@never_cache
@sensitive_post_parameters("secret")
def storage_add(request: PortalRequest) -> HttpResponse:
    """The kind is chosen by its link, so that each form holds only what its kind needs."""
    kind = S3 if request.GET.get("kind") == S3 else str(StorageKind.LOCAL)
    groups = visible_to(
        request.principal, actions.STORAGE_WRITE, ResourceGroup.objects.select_related("subscription")
    ).order_by("subscription__name", "name", "id")
    if not groups:
        authorize(request.principal, actions.STORAGE_WRITE, request.tenant)
    form = KINDS[kind](request.POST if request.method == "POST" else None, groups=groups)
    if form.is_valid():
        group = form.cleaned_data.pop("group")
        authorize(request.principal, actions.STORAGE_WRITE, group)
        add = partial(services.add_storage_account, by=request.principal, group=group, kind=kind)
        account = _done(form, add)
        if account is not None:
            messages.success(request, _("The account %(name)s is made. Test it.") % {"name": account.name})
            return go(request, place_of(account).overview)
    return render(
        request,
        "fleet/storage_add.html",
        {"form": form, "kind": kind, "kinds": _kinds(), "groups": groups},
    )


def _kinds() -> list[tuple[str, str]]:
    return [(kind, str(StorageKind(kind).label)) for kind in KINDS]


@portal_page
def storage_edit(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    account = _opened(request, subscription_id, group, name)
    kind = BucketSettingsForm if account.kind == S3 else LocalSettingsForm
    initial = {field: getattr(account, field) for field in kind.base_fields}
    form = kind(request.POST if request.method == "POST" else None, initial=initial)
    hint = _("What machines keep there stays there. A change of address or bucket waits until nothing is.")
    return _edited(request, account, form, services.change_storage_account, title=_("Edit"), hint=hint)


@portal_page
@never_cache
@sensitive_post_parameters("secret")
def storage_credentials(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    account = _opened(request, subscription_id, group, name)
    form = CredentialsForm(
        request.POST if request.method == "POST" else None, initial={"access_key": account.access_key}
    )
    hint = _("They take the place of those that are set now, at once.")
    return _edited(request, account, form, services.set_credentials, title=_("Set credentials"), hint=hint)


@portal_page
@require_POST
def storage_test(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    account = _opened(request, subscription_id, group, name)
    problem = services.try_storage_account(by=request.principal, account=account)
    if problem:
        messages.error(
            request,
            _("%(name)s failed the test. %(why)s") % {"name": account.name, "why": in_words(problem)},
        )
    else:
        messages.success(
            request, _("An object was written to %(name)s, read and deleted.") % {"name": account.name}
        )
    return go(request, place_of(account).overview)


@portal_page
def storage_remove(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    account = _opened(request, subscription_id, group, name)
    return confirm(
        request,
        title=_("Remove %(name)s?") % {"name": account.name},
        consequences=[
            _("The portal forgets the account, its credentials, and what was assigned on it."),
            _("It is refused while a machine or a record keeps something there."),
        ],
        submit=_("Remove"),
        cancel=place_of(account).overview,
        act=partial(services.remove_storage_account, by=request.principal, account=account),
        done=_("%(name)s is removed.") % {"name": account.name},
        then=reverse("storage_list"),
    )


def _edited(
    request: PortalRequest,
    account: StorageAccount,
    form: forms.Form,
    change: Callable[..., StorageAccount],
    **context: Any,
) -> HttpResponse:
    back = place_of(account).overview
    if form.is_valid() and _done(form, partial(change, by=request.principal, account=account)):
        messages.success(request, _("Saved."))
        return go(request, back)
    shown = {"form": form, "cancel": back, "places": chain(request.tenant, account), **context}
    return render(request, "fleet/subscription_form.html", shown)


def _done(form: forms.Form, act: Callable[..., StorageAccount]) -> StorageAccount | None:
    """What the service refuses is told at its field."""
    try:
        return act(**form.cleaned_data)
    except ValidationError as error:
        known = hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields)
        form.add_error(None, error if known else error.messages)
        return None
