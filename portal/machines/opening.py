"""Finds the driver of a machine by its URL. In: the URL. Out: a Machine; nothing is opened yet.

A new kind of machine is a module beside this one and a row in DRIVERS.
"""

from importlib import import_module
from urllib.parse import urlsplit

from portal.machines.base import BAD_SPEC, Failed, Machine

# scheme up to its "+" → module and class, loaded when first asked for: their libraries are many
DRIVERS = {
    "none": ("portal.machines.none", "NoMachine"),
    "scripted": ("portal.machines.scripted", "ScriptedMachine"),
    "qemu": ("portal.machines.qemu.opening", "open_qemu"),
    "libvirt": ("portal.machines.libvirt.machine", "LibvirtMachine"),
}


def open_machine(url: str) -> Machine:
    """Raises Failed(BAD_SPEC) in words for whoever wrote the URL."""
    scheme = urlsplit(url).scheme.split("+")[0]
    if scheme not in DRIVERS:
        raise Failed(BAD_SPEC, f"{url} is no machine endpoint")
    module, name = DRIVERS[scheme]
    machine: Machine = getattr(import_module(module), name)(url)
    return machine
