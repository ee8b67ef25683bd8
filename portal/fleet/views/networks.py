"""Virtual networks: subnets with their routes, interfaces with their machines, security rules in the order they are tried."""

from typing import cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import inventory
from portal.fleet.copy_as import az, curl
from portal.fleet.models import VirtualNetwork
from portal.fleet.places import chain
from portal.fleet.selectors import resource_at

API = "2024-05-01"
MOST_RULES, MOST_SUBNETS = 500, 200


@portal_page
def network_list(request: PortalRequest) -> HttpResponse:
    found = inventory.search(inventory.networks(request.principal), request.GET.get("q", "")[:100])
    page = keyset.page(found, order=("name", "id"), request=request)
    return render(
        request, "fleet/networks.html", {"page": page, "az": az("network", "vnet", "list", output="table")}
    )


@portal_page
def network(request: PortalRequest, subscription_id: UUID, group: str, name: str) -> HttpResponse:
    scope = VirtualNetwork.scope_of(subscription_id, group, name)
    shown = cast(VirtualNetwork, resource_at(request.principal, actions.NETWORK_READ, scope))
    page = keyset.page(
        inventory.interfaces_of(request.principal, shown), order=("name", "id"), request=request
    )
    machines = inventory.machines_at(request.principal, page.rows)
    subnets = shown.subnets.select_related("security_group").prefetch_related("routes")
    context = {
        "network": shown,
        "places": chain(request.tenant, shown)[:-1],
        "page": page,
        "interfaces": [(one, machines.get(one.vm_id or 0)) for one in page.rows],
        "subnets": subnets[:MOST_SUBNETS],
        "rules": inventory.rules_of(request.principal, shown)[:MOST_RULES],
        "az": az(
            "network", "vnet", "show", name=shown.name, resource_group=shown.resource_group.name,
            subscription=str(subscription_id),
        ),
        "curl": curl(request, shown.scope, api_version=API),
    }  # fmt: skip
    return render(request, "fleet/network.html", context)
