"""The console switch of a subscription, in two steps: what will happen to how many machines, then who did it and why."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import actions
from accounts.access import authorize
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from portal.fleet.copy_as import az, curl
from portal.fleet.forms.resources import SwitchForm
from portal.fleet.models import Subscription, VirtualMachine
from portal.fleet.models.vms import PowerState
from portal.fleet.places import chain
from portal.fleet.services.switches import switch_console
from portal.fleet.views.subscriptions import opened

API = "2018-05-01"


@portal_page
def console_switch(request: PortalRequest, subscription_id: UUID) -> HttpResponse:
    """The form says which way to switch, so that two people who press at once do not undo each other."""
    shown, _may = opened(request, subscription_id, actions.CONSOLE_READ)
    enable = request.POST["to"] == "on" if "to" in request.POST else not shown.console_enabled
    authorize(request.principal, actions.CONSOLE_ENABLE if enable else actions.CONSOLE_DISABLE, shown)
    form = SwitchForm(request.POST if request.method == "POST" else None, turning_on=enable)
    if form.is_valid():
        return _switched(request, shown, enable, form.cleaned_data["reason"])
    context = {
        "subscription": shown,
        "places": chain(request.tenant, shown),
        "form": form,
        "enable": enable,
        "consequences": _consequences(shown, enable),
        "cancel": reverse("subscription", args=[shown.id]),
        **_commands(request, shown, enable),
    }
    return render(request, "fleet/subscription_switch.html", context)


def _switched(request: PortalRequest, shown: Subscription, enable: bool, reason: str) -> HttpResponse:
    after = switch_console(by=request.principal, subscription=shown, enabled=enable, reason=reason)
    if after.console_changed_at == shown.console_changed_at:
        messages.info(request, _("The switch was there already; nothing changed."))
    elif enable:
        messages.success(request, _("Serial consoles of %(name)s are on.") % {"name": after.name})
    else:
        messages.success(
            request,
            _("Serial consoles of %(name)s are off. Live sessions are ending.") % {"name": after.name},
        )
    return go(request, reverse("subscription", args=[shown.id]))


def _consequences(shown: Subscription, enable: bool) -> list[str]:
    machines = VirtualMachine.objects.filter(subscription=shown)
    total = machines.count()
    running = machines.filter(power_state=PowerState.RUNNING).count()
    counted = {"n": total, "running": running}
    if enable:
        return [
            ngettext(
                "%(n)d virtual machine gets its console back (%(running)d running).",
                "%(n)d virtual machines get their consoles back (%(running)d running).",
                total,
            )
            % counted,
            _("Who may connect stays as it was: roles, boot diagnostics and ports are not changed."),
        ]
    return [
        ngettext(
            "The serial console of %(n)d virtual machine (%(running)d running) is closed to everybody, owners too.",
            "The serial consoles of %(n)d virtual machines (%(running)d running) are closed to everybody, owners too.",
            total,
        )
        % counted,
        _("Every live session in this subscription ends within seconds, and its viewers read your reason."),
        _("The machines themselves go on running, and their logs are still captured."),
    ]


def _commands(request: PortalRequest, shown: Subscription, enable: bool) -> dict[str, str]:
    verb = "enable" if enable else "disable"
    path = f"{shown.scope}/providers/Microsoft.SerialConsole/consoleServices/default/{verb}Console"
    return {
        "az": az("serial-console", verb, subscription=str(shown.id)),
        "curl": curl(request, path, api_version=API, method="POST"),
    }
