"""Reads a QEMU's URL. In: `qemu+unix://…`, where sockets are, or `qemu:///…/machine.json`, a specification. Out: the machine."""

from portal.machines.base import Machine
from portal.machines.qemu.attached import AttachedMachine
from portal.machines.qemu.managed import ManagedMachine


def open_qemu(url: str) -> Machine:
    return AttachedMachine(url) if url.startswith("qemu+unix:") else ManagedMachine(url)
