"""A machine's own page, and who is on its console; an instance of a scale set has the same at an address of its own."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.fleet import vm_queries
from portal.fleet.copy_as import az, curl
from portal.fleet.models import HealthEvent, VirtualMachine
from portal.fleet.presence import presence_of
from portal.fleet.recent import recent
from portal.fleet.stores.rules import shut_out
from portal.fleet.vm_queries import scope_of_vm

EVENTS = 100
MAY = {
    "write": actions.VM_WRITE,
    "audit": actions.AUDIT_READ,
    "read_log": actions.LOG_READ,
    "see_people": actions.PORT_READ,
    "redeploy": actions.VM_REDEPLOY,
}


@portal_page
@require_safe
def vm(request: PortalRequest, sub: UUID, group: str, name: str, instance: int | None = None) -> HttpResponse:
    scope = scope_of_vm(sub, group, name, instance)
    machine, decisions = vm_queries.vm_at(
        request.principal, [actions.VM_READ, *MAY.values()], scope, guest=True
    )
    may = {word: decisions[action].allowed for word, action in MAY.items()}
    ports = list(machine.ports.all())
    context = {
        "vm": machine,
        "ports": ports,
        "interfaces": list(machine.interfaces.select_related("subnet__network")),
        "may": may,
        "shut_out": machine.diagnostics_account is not None
        and shut_out(machine.diagnostics_account, request.principal),
        "entries": recent(request.tenant.id, machine.scope) if may["audit"] else [],
        **_as_commands(request, machine),
    }
    return render(request, "fleet/vm.html", context)


def _as_commands(request: PortalRequest, machine: VirtualMachine) -> dict[str, str]:
    place = {"resource_group": machine.resource_group.name, "subscription": str(machine.subscription_id)}
    if machine.scale_set is None:
        command = az("vm", "show", "--show-details", name=machine.name, **place)
    else:
        command = az(
            "vmss", "show", name=machine.scale_set.name, instance_id=str(machine.instance_id), **place
        )
    return {"az": command, "curl": curl(request, machine.scope)}


@portal_page
@require_safe
def people(request: PortalRequest, **place: Any) -> HttpResponse:
    """For the overview, and for whoever is about to cut somebody off."""
    scope = scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))
    machine, _decisions = vm_queries.vm_at(request.principal, [actions.PORT_READ], scope)
    context = {"presence": presence_of(machine, request.principal.id)}
    answer = render(request, "fleet/vm_people.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@portal_page
@require_safe
def health(request: PortalRequest, **place: Any) -> HttpResponse:
    scope = scope_of_vm(place["sub"], place["group"], place["name"], place.get("instance"))
    machine, _decisions = vm_queries.vm_at(request.principal, [actions.VM_READ], scope)
    events = list(HealthEvent.objects.filter(vm=machine)[:EVENTS])
    return render(request, "fleet/vm_health.html", {"vm": machine, "events": events})
