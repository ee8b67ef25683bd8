"""Scale sets and their instances."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import inventory, selectors
from portal.fleet.copy_as import az, curl
from portal.fleet.models import ScaleSet
from portal.fleet.places import chain
from portal.fleet.selectors import resource_at
from portal.fleet.vm_queries import console_on


@portal_page
def scale_set_list(request: PortalRequest) -> HttpResponse:
    found = inventory.search(inventory.scale_sets(request.principal), request.GET.get("q", "")[:100])
    page = keyset.page(found, order=("name", "id"), request=request)
    context = {"page": page, "az": az("vmss", "list", output="table")}
    return render(request, "fleet/scale_sets.html", context)


@portal_page
def scale_set(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    scope = ScaleSet.scope_of(subscription_id, group, name)
    shown = cast(ScaleSet, resource_at(request.principal, actions.SCALE_SET_READ, scope))
    instances = selectors.vms(request.principal).filter(scale_set=shown).annotate(console_on=console_on())
    context = {
        "scale_set": shown,
        "places": chain(request.tenant, shown)[:-1],
        "page": keyset.page(instances, order=("instance_id",), request=request),
        "az": az(
            "vmss", "list-instances", name=shown.name, resource_group=shown.resource_group.name,
            subscription=str(subscription_id), output="table",
        ),
        "curl": curl(request, f"{shown.scope}/virtualMachines"),
    }  # fmt: skip
    return render(request, "fleet/scale_set.html", context)
