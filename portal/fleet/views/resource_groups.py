"""A resource group: what lies in it, one type at a time."""

from typing import Any, cast
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import inventory, selectors
from portal.fleet.copy_as import RESOURCES, az, curl
from portal.fleet.models import ResourceGroup
from portal.fleet.places import chain
from portal.fleet.selectors import resource_at

KINDS: dict[str, Any] = {
    "vms": (_("Virtual machines"), selectors.vms),
    "scale-sets": (_("Scale sets"), inventory.scale_sets),
    "storage": (_("Storage accounts"), inventory.storage_accounts),
    "networks": (_("Virtual networks"), inventory.networks),
}


@portal_page
def resource_group(request: PortalRequest, subscription_id: UUID, name: str) -> HttpResponse:
    scope = f"/subscriptions/{subscription_id}/resourceGroups/{name}"
    shown = cast(ResourceGroup, resource_at(request.principal, actions.GROUP_READ, scope))
    rows = {kind: _rows(request, shown, kind) for kind in KINDS}
    counts = {kind: found.count() for kind, found in rows.items()}
    kind = request.GET.get("type") or next((one for one in KINDS if counts[one]), "vms")
    kind = kind if kind in KINDS else "vms"
    context = {
        "group": shown,
        "places": chain(request.tenant, shown)[:-1],
        "kinds": [(one, title, counts[one]) for one, (title, _rows_of) in KINDS.items()],
        "kind": kind,
        "page": keyset.page(rows[kind], order=("name", "id"), request=request),
        "az": az(
            "resource", "list", resource_group=shown.name, subscription=str(subscription_id), output="table"
        ),
        "curl": curl(request, f"{shown.scope}/resources", api_version=RESOURCES),
    }
    return render(request, "fleet/resource_group.html", context)


def _rows(request: PortalRequest, shown: ResourceGroup, kind: str) -> "QuerySet[Any]":
    found: QuerySet[Any] = KINDS[kind][1](request.principal).filter(resource_group=shown)
    return found.filter(scale_set=None) if kind == "vms" else found
