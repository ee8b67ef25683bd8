"""The pages of virtual machines; an instance of a scale set has the same ones at an address of its own."""

from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions
from accounts.access import visible_to
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.config import keyset
from portal.fleet import vm_queries
from portal.fleet.copy_as import az, curl, for_each_subscription
from portal.fleet.forms.vms import BootDiagnosticsForm, VmFilter
from portal.fleet.models import StorageAccount, VirtualMachine
from portal.fleet.models.vms import MIB
from portal.fleet.recent import recent
from portal.fleet.services.diagnostics import change_boot_diagnostics
from portal.fleet.vm_queries import scope_of_vm

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
    """What the list polls: `known=<id>:<power>:<provisioning>` per row on screen; the answer holds the rows that differ."""
    known = dict(one.split(":", 1) for one in request.GET.getlist("known")[:STATES_AT_ONCE] if ":" in one)
    ids = [int(one) for one in known if one.isascii() and one.isdigit() and len(one) < 19]
    rows = vm_queries.states_of(request.principal, ids)
    changed = [vm for vm in rows if known[str(vm.id)] != f"{vm.power_state}:{vm.provisioning_state}"]
    if not changed:
        return HttpResponse(status=204)
    return render(request, "fleet/vm_states.html", {"vms": changed})


@portal_page
@require_safe
def vm(request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None) -> HttpResponse:
    wanted = [actions.VM_READ, actions.VM_WRITE, actions.AUDIT_READ]
    scope = scope_of_vm(sub, group, name, instance)
    machine, decisions = vm_queries.vm_at(request.principal, wanted, scope)
    ports = list(machine.ports.all())
    may_audit = decisions[actions.AUDIT_READ].allowed
    scopes = [machine.scope, *(port.scope for port in ports)]
    context = {
        "vm": machine,
        "ports": ports,
        "interfaces": list(machine.interfaces.select_related("subnet__network")),
        "may_write": decisions[actions.VM_WRITE].allowed,
        "may_audit": may_audit,
        "entries": recent(request.tenant.id, scopes) if may_audit else [],
        **_vm_as_commands(request, machine),
    }
    return render(request, "fleet/vm.html", context)


def _vm_as_commands(request: PortalRequest, machine: VirtualMachine) -> dict[str, str]:
    place = {"resource_group": machine.resource_group.name, "subscription": str(machine.subscription_id)}
    if machine.scale_set is None:
        command = az("vm", "show", "--show-details", name=machine.name, **place)
    else:
        command = az(
            "vmss", "show", name=machine.scale_set.name, instance_id=str(machine.instance_id), **place
        )
    return {"az": command, "curl": curl(request, machine.scope)}


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def boot_diagnostics(
    request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None
) -> HttpResponse:
    scope = scope_of_vm(sub, group, name, instance)
    machine, _decisions = vm_queries.vm_at(request.principal, [actions.VM_WRITE], scope)
    data = request.POST if request.method == "POST" else None
    form = BootDiagnosticsForm(data, vm=machine, accounts=_accounts_for(request, machine))
    if request.method == "POST" and form.is_valid():
        given, before = form.cleaned_data, machine.diagnostics_account
        change_boot_diagnostics(
            by=request.principal,
            vm=machine,
            enabled=given["enabled"],
            account=given["account"],
            log_limit_bytes=given["log_limit_mib"] * MIB,
            log_out_on_detach=given["log_out_on_detach"],
            logout_string=given["logout_string"],
        )
        messages.success(request, _("Boot diagnostics of %(vm)s were saved.") % {"vm": machine.name})
        if given["account"] not in (None, before):
            _warn_of_keys(request, machine, given["account"])
        return go(request, machine.get_absolute_url())
    return render(request, "fleet/vm_boot_diagnostics.html", {"vm": machine, "form": form})


def _warn_of_keys(request: PortalRequest, machine: VirtualMachine, account: StorageAccount) -> None:
    names = {"vm": machine.name, "account": account.name}
    messages.warning(
        request,
        _(
            "To type on the console of %(vm)s, people now also need the right to use the keys of the storage account %(account)s (listKeys). Without it they only watch."
        )
        % names,
    )


def _accounts_for(request: PortalRequest, machine: VirtualMachine) -> "QuerySet[StorageAccount]":
    """Those of the subscription that the person sees, and the one in use even if they do not: saving must not lose it."""
    near = StorageAccount.objects.filter(subscription=machine.subscription_id)
    seen = visible_to(request.principal, actions.STORAGE_READ, near)
    usable = StorageAccount.objects.filter(Q(id__in=seen.values("id")) | Q(id=machine.diagnostics_account_id))
    return usable.order_by("name", "id")
