"""A machine as its pages poll it, in few queries. In: a machine, and who asks. Out: what it is, what may be done, what goes on, what was seen."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import actions
from accounts.decisions import Decision
from portal.fleet.models import GuestFacts, Operation, Sighting, VirtualMachine
from portal.fleet.models.operations import UNFINISHED
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.possible import NO_MACHINE
from portal.fleet.operations.sentences import sentence_of
from portal.fleet.trouble import url_of_trouble

Shape = dict[str, Any]
LATELY = timedelta(seconds=60)
LOOKING = {actions.CONNECT, actions.WATCH, actions.LOG_READ}
ACTIONS = sorted({kind.action for kind in KINDS.values()} | LOOKING)


def told(vm: VirtualMachine, decisions: dict[str, Decision]) -> Shape:
    now, last = _operations(vm)
    return {
        "power": vm.power_state,
        "power_words": vm.get_power_state_display(),
        "provisioning": vm.provisioning_state,
        "can": vm.machine_can,
        "bare": vm.machine_url.startswith(NO_MACHINE),
        "may": {str(name): decisions[kind.action].allowed for name, kind in KINDS.items()},
        "operation": operation_shape(now) if now else None,
        "last": operation_shape(last) if last else None,
        "trouble": _trouble(vm, {action for action in LOOKING if decisions[action].allowed}),
        "seen": _seen(vm),
        "facts": _facts(vm),
    }


def operation_shape(operation: Operation) -> Shape:
    until = operation.ended_at or timezone.now()
    return {
        "id": str(operation.id),
        "kind": operation.kind,
        "title": operation.get_kind_display(),
        "state": operation.state,
        "progress": operation.progress,
        "by": operation.asked_by_name,
        "seconds": max(0, int((until - operation.asked_at).total_seconds())),
        "error": operation.error_code,
        "sentence": sentence_of(operation),
    }


def _operations(vm: VirtualMachine) -> tuple[Operation | None, Operation | None]:
    """What goes on, an exclusive one first, for it holds up others; and what ended last."""
    rows = Operation.objects.filter(vm=vm)
    now = rows.filter(state__in=UNFINISHED).order_by("-exclusive", "-asked_at").first()
    last = rows.filter(ended_at__gte=timezone.now() - LATELY).order_by("-ended_at").first()
    return now, last


def _trouble(vm: VirtualMachine, may: set[str]) -> Shape | None:
    if not vm.trouble:
        return None
    return {
        "kind": vm.trouble,
        "words": vm.get_trouble_display(),
        "at": vm.trouble_at.isoformat() if vm.trouble_at else None,
        "url": url_of_trouble(vm, console=may != {actions.LOG_READ}),
    }


def _seen(vm: VirtualMachine) -> Shape:
    newest = Sighting.objects.filter(vm=vm).first()
    return {"last": newest.kind if newest else None, "at": newest.at.isoformat() if newest else None}


def _facts(vm: VirtualMachine) -> Shape | None:
    facts = GuestFacts.objects.filter(vm=vm).exclude(answered_at=None).first()
    if facts is None or facts.answered_at is None:
        return None
    return {
        "os_name": facts.os_name,
        "kernel": facts.kernel,
        "host_name": facts.host_name,
        "addresses": facts.addresses,
        "at": facts.answered_at.isoformat(),
    }
