"""Where to look when a machine is in trouble. In: a machine. Out: the address of its console or of its log, at what was printed then where that is known."""

from portal.fleet.models import VirtualMachine


def url_of_trouble(vm: VirtualMachine, *, console: bool) -> str:
    """`console`: for whoever may open it."""
    url = vm.console_url if console else vm.boot_diagnostics_url
    return url if vm.trouble_offset is None else f"{url}?at={vm.trouble_offset}"
