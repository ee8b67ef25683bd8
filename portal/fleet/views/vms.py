"""The list of virtual machines, and what it polls."""

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import vm_queries
from portal.fleet.copy_as import az, curl, for_each_subscription
from portal.fleet.forms.vms import VmFilter
from portal.fleet.models import VirtualMachine

STATES_AT_ONCE = 200


@portal_page
@require_safe
@vary_on_headers("HX-Request")
def vm_list(request: PortalRequest) -> HttpResponse:
    vms = vm_queries.visible_vms(request.principal)
    filters = VmFilter(request.GET, vm_queries.subscriptions_with(vms, request.tenant))
    sort = request.GET.get("sort", "name")
    wanted = filters.cleaned_data if filters.is_valid() else None
    vms = vms.none() if wanted is None else vm_queries.narrowed(vms, wanted, request.tenant)
    page = keyset.page(
        vms,
        order=vm_queries.order_of(sort),
        request=request,
        load=vm_queries.as_rows,
        costly=bool(request.GET.get("q")),
    )
    context = {
        "page": page,
        "filters": filters,
        "columns": _columns(request, sort),
        **_list_as_commands(request),
    }
    return render(request, "fleet/vm_rows.html" if request.htmx else "fleet/vm_list.html", context)


def _columns(request: PortalRequest, sort: str) -> list[dict[str, str]]:
    """The headings that sort: each leads to its order, and the present one to its reverse."""
    titles = {"name": _("Name"), "power_state": _("State"), "os": _("System"), "host": _("Host")}
    columns = []
    for name, title in titles.items():
        query = request.GET.copy()
        for stale in (keyset.AFTER, keyset.BEFORE):
            query.pop(stale, None)
        query["sort"] = f"-{name}" if sort == name else name
        direction = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
        columns.append({"name": name, "title": title, "url": f"?{query.urlencode()}", "sorted": direction})
    return columns


def _list_as_commands(request: PortalRequest) -> dict[str, str]:
    subscription, group = request.GET.get("subscription", ""), request.GET.get("group", "")
    commands = {
        "az": az(
            "vm", "list", "--show-details", subscription=subscription, resource_group=group, output="table"
        )
    }
    within = f"/resourceGroups/{quote(group)}" if group else ""
    path = f"{within}/providers/Microsoft.Compute/virtualMachines"
    if subscription:
        return {**commands, "curl": curl(request, f"/subscriptions/{quote(subscription)}{path}")}
    return {**commands, "curl": for_each_subscription(request, path)}


@portal_page
@require_safe
def vm_states(request: PortalRequest) -> HttpResponse:
    """What the list polls: `known=<id>:<power>:<provisioning>:<trouble>` per row on screen; the answer holds the rows that differ."""
    known = dict(one.split(":", 1) for one in request.GET.getlist("known")[:STATES_AT_ONCE] if ":" in one)
    ids = [int(one) for one in known if one.isascii() and one.isdigit() and len(one) < 19]
    rows = vm_queries.states_of(request.principal, ids)
    changed = [vm for vm in rows if known[str(vm.id)] != _state(vm)]
    if not changed:
        return HttpResponse(status=204)
    return render(request, "fleet/vm_states.html", {"vms": changed})


def _state(vm: VirtualMachine) -> str:
    """As `fleet/vm_state.html` writes it."""
    return f"{vm.power_state}:{vm.provisioning_state}:{vm.trouble}"
