"""Where to look when a machine is in trouble. In: a machine. Out: the address of its console, at what was printed then where that is known."""

from portal.fleet.models import VirtualMachine


def trouble_url(vm: VirtualMachine) -> str:
    at = vm.trouble_offset
    return vm.console_url if at is None else f"{vm.console_url}?at={at}"
