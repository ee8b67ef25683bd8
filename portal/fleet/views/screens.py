"""The boot diagnostics page: the newest picture of a machine's display, and the settings of what is kept."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions
from accounts.access import authorize, visible_to
from accounts.decisions import Decision
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.fleet import vm_queries
from portal.fleet.forms.vms import BootDiagnosticsForm
from portal.fleet.models import Screenshot, StorageAccount, VirtualMachine
from portal.fleet.models.vms import MIB
from portal.fleet.services.diagnostics import change_boot_diagnostics
from portal.fleet.vm_queries import scope_of_vm

MAY = [actions.VM_READ, actions.VM_WRITE, actions.LOG_READ]


@portal_page
@require_http_methods(["GET", "HEAD", "POST"])
def boot_diagnostics(
    request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None
) -> HttpResponse:
    """Read by whoever sees the machine; the picture and the settings each ask for their own right."""
    machine, decisions = vm_queries.vm_at(request.principal, MAY, scope_of_vm(sub, group, name, instance))
    if request.method == "POST":
        authorize(request.principal, actions.VM_WRITE, machine)
    form = _form(request, machine, decisions[actions.VM_WRITE])
    if form is not None and form.is_valid():
        return _saved(request, machine, form)
    reading = decisions[actions.LOG_READ]
    context = {
        "vm": machine,
        "form": form,
        "reading": reading,
        "taken_at": _taken_at(machine) if reading.allowed else None,
    }
    return render(request, "fleet/vm_boot_diagnostics.html", context)


def _form(request: PortalRequest, machine: VirtualMachine, writing: Decision) -> BootDiagnosticsForm | None:
    if not writing.allowed:
        return None
    data = request.POST if request.method == "POST" else None
    return BootDiagnosticsForm(data, vm=machine, accounts=_accounts_for(request, machine))


def _saved(request: PortalRequest, machine: VirtualMachine, form: BootDiagnosticsForm) -> HttpResponse:
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


def _taken_at(machine: VirtualMachine) -> Any:
    return Screenshot.objects.filter(vm=machine).values_list("taken_at", flat=True).first()


@portal_page
@require_safe
def screenshot(
    request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None
) -> HttpResponse:
    """What is on a display may be as secret as what is in the log: one right for both."""
    scope = scope_of_vm(sub, group, name, instance)
    machine, _decisions = vm_queries.vm_at(request.principal, [actions.LOG_READ], scope)
    picture = Screenshot.objects.filter(vm=machine).first()
    if picture is None:
        raise Http404
    answer = HttpResponse(bytes(picture.png), content_type="image/png")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(machine.name)}.png"
    answer["Last-Modified"] = picture.taken_at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    patch_cache_control(answer, private=True, no_cache=True)
    return answer
