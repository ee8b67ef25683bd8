"""What lists and pages say of machines and of what is done to them."""

from datetime import timedelta
from typing import Any

from django import template
from django.utils import timezone

from accounts import actions
from portal.fleet.context import frame_of
from portal.fleet.models import Operation, OperationState, VirtualMachine
from portal.fleet.operations.sentences import sentence_of
from portal.fleet.trouble import url_of_trouble

register = template.Library()

FRESH = timedelta(minutes=1)
POWER = [
    actions.VM_START,
    actions.VM_RESTART,
    actions.VM_POWER_OFF,
    actions.VM_DEALLOCATE,
    actions.VM_REDEPLOY,
]
CONSOLE = [actions.CONNECT, actions.WATCH]
SHAPES = {
    OperationState.SUCCEEDED: "on",
    OperationState.FAILED: "trouble",
    OperationState.CANCELLED: "off",
}


@register.simple_tag(takes_context=True)
def may_act(context: dict[str, Any], vm: VirtualMachine) -> bool:
    """Whether a menu of acts is worth offering: the menu itself asks for each."""
    reach = frame_of(context["request"]).reach
    return any(reach.at(action, vm.scope) for action in POWER)


@register.simple_tag(takes_context=True)
def may_open_console(context: dict[str, Any], vm: VirtualMachine) -> bool:
    return _opens_console(context, vm)


@register.simple_tag(takes_context=True)
def trouble_url(context: dict[str, Any], vm: VirtualMachine) -> str:
    """Where what was printed then can be read by whoever looks: on the console, or in the log."""
    reads = frame_of(context["request"]).reach.at(actions.LOG_READ, vm.scope)
    return url_of_trouble(vm, console=_opens_console(context, vm) or not reads)


def _opens_console(context: dict[str, Any], vm: VirtualMachine) -> bool:
    reach = frame_of(context["request"]).reach
    return any(reach.at(action, vm.scope) for action in CONSOLE)


@register.filter
def shape(operation: Operation) -> str:
    return SHAPES.get(OperationState(operation.state), "going")


@register.filter
def just_ended(operation: Operation) -> bool:
    """So lately that whoever asked for it has perhaps not heard of it yet."""
    return operation.ended_at is not None and timezone.now() - operation.ended_at < FRESH


@register.filter
def error_words(operation: Operation) -> str:
    return sentence_of(operation)
