"""The boot diagnostics page: a machine's picture and log side by side, who was on its console, and the settings of what is kept."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.access import authorize, visible_to
from accounts.decisions import Decision, NotVisible
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from consoles.diagnostics import selectors
from consoles.diagnostics.consequences import consequences
from consoles.diagnostics.forms import BootDiagnosticsForm
from consoles.diagnostics.reading import ShutOut, port_asked, scope_at, shut_out_of
from consoles.diagnostics.troubles import sentence
from consoles.retention.naming import why_held
from portal.fleet.models import SerialPort, StorageAccount, VirtualMachine
from portal.fleet.models.vms import MIB
from portal.fleet.services.diagnostics import change_boot_diagnostics
from portal.fleet.services.holds import OnHold, on_hold
from portal.fleet.vm_queries import vm_at

MAY = {
    "write": actions.VM_WRITE,
    "read": actions.LOG_READ,
    "connect": actions.CONNECT,
    "sessions": actions.SESSION_READ,
    "hold": actions.HOLD_WRITE,
    "erase": actions.LOG_DELETE,
}


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def boot_diagnostics(request: PortalRequest, **place: Any) -> HttpResponse:
    """Read by whoever sees the machine; picture and log, sessions and settings each ask for their own right."""
    vm, decisions = vm_at(request.principal, [actions.VM_READ, *MAY.values()], scope_at(place))
    if request.method == "POST":
        authorize(request.principal, actions.VM_WRITE, vm)
    form = _form(request, vm, decisions[actions.VM_WRITE])
    if form is not None and form.is_valid():
        if goes := _to_ask_about(request, vm, form):
            return _asked(request, vm, form, goes)
        if _saved(request, vm, form):
            return go(request, request.get_full_path())
    ports = selectors.ports_of(vm)
    port = _chosen(ports, port_asked(request))
    reading = decisions[actions.LOG_READ]
    shut = shut_out_of(vm, request.principal) if port and reading.allowed else None
    context = {
        "vm": vm,
        "form": form,
        "port": port,
        "ports": ports,
        "may": {word: decisions[action].allowed for word, action in MAY.items()},
        "reading": reading,
        "shut": sentence(ShutOut(shut, request.principal.address)) if shut else "",
        "picture": selectors.newest_picture(vm) if reading.allowed and not shut else None,
        "kept": selectors.kept_of(port) if port else None,
        "sessions": selectors.sessions_of(vm) if decisions[actions.SESSION_READ].allowed else None,
    }
    return render(request, "diagnostics/boot_diagnostics.html", context)


def _chosen(ports: list[SerialPort], number: int | None) -> SerialPort | None:
    if number is None:
        return ports[0] if ports else None
    for port in ports:
        if port.number == number:
            return port
    raise NotVisible


def _form(request: PortalRequest, vm: VirtualMachine, writing: Decision) -> BootDiagnosticsForm | None:
    if not writing.allowed:
        return None
    data = request.POST if request.method == "POST" else None
    return BootDiagnosticsForm(data, vm=vm, accounts=_accounts_for(request, vm))


def _to_ask_about(request: PortalRequest, vm: VirtualMachine, form: BootDiagnosticsForm) -> list[str]:
    """What a hold forbids is refused, not asked about."""
    if "confirmed" in request.POST or on_hold(vm.tenant_id, vm.scope_key):
        return []
    return consequences(vm, form.cleaned_data)


def _asked(
    request: PortalRequest, vm: VirtualMachine, form: BootDiagnosticsForm, goes: list[str]
) -> HttpResponse:
    """Saved once this page is answered."""
    off = not form.cleaned_data["enabled"] and vm.boot_diagnostics
    title = _("Turn boot diagnostics of %(vm)s off?") if off else _("Make the log of %(vm)s smaller?")
    context = {"vm": vm, "form": form, "consequences": goes, "title": title % {"vm": vm.name}}
    return render(request, "diagnostics/sure.html", {**context, "off": off})


def _saved(request: PortalRequest, vm: VirtualMachine, form: BootDiagnosticsForm) -> bool:
    given, before = form.cleaned_data, vm.diagnostics_account
    try:
        change_boot_diagnostics(
            by=request.principal,
            vm=vm,
            enabled=given["enabled"],
            account=given["account"],
            log_limit_bytes=given["log_limit_mib"] * MIB,
            log_out_on_detach=given["log_out_on_detach"],
            logout_string=given["logout_string"],
        )
    except OnHold as held:
        form.add_error(None, why_held(request.tenant, held.hold))
        return False
    messages.success(request, _("Boot diagnostics of %(vm)s were saved.") % {"vm": vm.name})
    if given["account"] not in (None, before):
        _warn_of_keys(request, vm, given["account"])
    return True


def _warn_of_keys(request: PortalRequest, vm: VirtualMachine, account: StorageAccount) -> None:
    names = {"vm": vm.name, "account": account.name}
    messages.warning(
        request,
        _(
            "To type on the console of %(vm)s, people now also need the right to use the keys of the storage account %(account)s (listKeys). Without it they only watch."
        )
        % names,
    )


def _accounts_for(request: PortalRequest, vm: VirtualMachine) -> "QuerySet[StorageAccount]":
    """Those of the subscription that the person sees, and the one in use even if they do not: saving must not lose it."""
    near = StorageAccount.objects.filter(subscription=vm.subscription_id)
    seen = visible_to(request.principal, actions.STORAGE_READ, near)
    usable = StorageAccount.objects.filter(Q(id__in=seen.values("id")) | Q(id=vm.diagnostics_account_id))
    return usable.order_by("name", "id")
