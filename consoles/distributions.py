"""Which help fits a guest. In: what its machine says of the operating system. Out: the name of a page under templates/consoles/help/."""

from portal.fleet.models import VirtualMachine
from portal.fleet.models.vms import OsKind

WINDOWS, CUSTOM = "windows", "custom"

# the first whose part is in the machine's own words: Fedora CoreOS is the one before it is the other
LINUX = {
    "ubuntu": ("ubuntu",),
    "debian": ("debian",),
    "suse": ("suse", "sles"),
    "coreos": ("coreos", "flatcar"),
    "redhat": ("red hat", "redhat", "rhel", "centos", "oracle", "rocky", "alma", "fedora"),
}


def distribution(vm: VirtualMachine) -> str:
    if vm.os == OsKind.WINDOWS:
        return WINDOWS
    name = vm.os_name.lower()
    return next((page for page, parts in LINUX.items() if any(part in name for part in parts)), CUSTOM)
