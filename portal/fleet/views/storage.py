"""Storage accounts: who uses them, and from where they may be reached."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts import actions
from accounts.access import authorize
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import inventory, selectors
from portal.fleet.alerts.selectors import open_troubles
from portal.fleet.context import HOLDERS, frame_of
from portal.fleet.copy_as import az, curl
from portal.fleet.forms.resources import NetworkRulesForm
from portal.fleet.models import StorageAccount
from portal.fleet.places import chain
from portal.fleet.selectors import resource_and_rights
from portal.fleet.services.storage import set_network_rules
from portal.fleet.shutting_out import what_ends

API = "2023-05-01"


@portal_page
def storage_list(request: PortalRequest) -> HttpResponse:
    found = inventory.search(inventory.storage_accounts(request.principal), request.GET.get("q", "")[:100])
    page = keyset.page(found, order=("name", "id"), request=request)
    return render(
        request,
        "fleet/storage_list.html",
        {
            "page": page,
            "may_add": frame_of(request).reach.within(actions.STORAGE_WRITE, HOLDERS),
            "az": az("storage", "account", "list", output="table"),
        },
    )


@portal_page
def storage(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    scope = StorageAccount.scope_of(subscription_id, group, name)
    found, rights = resource_and_rights(
        request.principal, [actions.STORAGE_READ, actions.STORAGE_WRITE], scope
    )
    shown = cast(StorageAccount, found)
    form = NetworkRulesForm(instance=shown)
    if request.method == "POST":
        authorize(request.principal, actions.STORAGE_WRITE, shown)
        form = NetworkRulesForm(request.POST, instance=StorageAccount.objects.get(id=shown.id))
        if form.is_valid():
            return _ruled(request, shown, form)
    users = selectors.vms(request.principal).filter(diagnostics_account=shown)
    context = {
        "account": shown,
        "places": chain(request.tenant, shown)[:-1],
        "troubles": open_troubles(shown.tenant_id).filter(account=shown),
        "form": form,
        "may_write": rights[actions.STORAGE_WRITE].allowed,
        "page": keyset.page(users, order=("name", "id"), request=request),
        "az": az(
            "storage", "account", "show", name=shown.name, resource_group=shown.resource_group.name,
            subscription=str(subscription_id),
        ),
        "curl": curl(request, shown.scope, api_version=API),
    }  # fmt: skip
    return render(request, "fleet/storage.html", context)


def _ruled(request: PortalRequest, account: StorageAccount, form: NetworkRulesForm) -> HttpResponse:
    """Where somebody is cut off by it, it is asked first."""
    ends = what_ends(account, by=request.principal, **form.cleaned_data)
    if ends and "confirmed" not in request.POST:
        context = {
            "account": account,
            "places": chain(request.tenant, account),
            "form": form,
            "consequences": ends,
        }
        return render(request, "fleet/storage_rules.html", context)
    set_network_rules(by=request.principal, account=account, **form.cleaned_data)
    messages.success(request, _("The network rules of %(name)s are saved.") % {"name": account.name})
    return go(request, request.path)
