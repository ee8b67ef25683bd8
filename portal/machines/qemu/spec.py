"""The stored specification of a managed machine. In: a JSON file. Out: a Spec, or a Failed with a sentence that says what is wrong in it.

It has no free arguments: whoever may write one says what a machine has, not what QEMU does.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portal.machines.base import BAD_SPEC, Failed
from portal.machines.qemu.fields import Fields
from portal.machines.qemu.sockets import checked

LARGEST = 64 * 1024  # bytes of a specification
FORMATS = ("raw", "qcow2")
ACCELERATORS = ("tcg", "kvm")
# what a forwarded port may be called instead of its number
PORTS = {"ssh": 22, "http": 80, "https": 443, "rdp": 3389}
SOCKETS = ("qmp", "events", "break", "agent", "serial")


@dataclass(frozen=True)
class Disk:
    """A temporary one is made empty when the machine is prepared, and gone when it is deallocated."""

    path: Path
    format: str = "raw"
    temporary: bool = False
    size: int = 0  # MiB, of a temporary one


@dataclass(frozen=True)
class Network:
    """`forward` is host port → guest port, on loopback; without `outside` the guest reaches nothing but that."""

    forward: dict[int, int] = field(default_factory=dict)
    outside: bool = False


@dataclass(frozen=True)
class Spec:
    name: str
    memory: int
    cpus: int
    run: Path
    serial_log: Path
    tb_size: int
    accelerator: str = "tcg"
    firmware: Path | None = None
    kernel: Path | None = None
    initrd: Path | None = None
    append: str = ""
    disks: tuple[Disk, ...] = ()
    cdrom: Path | None = None
    network: Network | None = None
    display: bool = False
    pvpanic: bool = True
    agent: bool = False

    def socket(self, name: str) -> Path:
        return self.run / f"{name}.sock"


def read(path: Path) -> Spec:
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(LARGEST))
    except OSError as error:
        raise Failed(BAD_SPEC, f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise Failed(BAD_SPEC, f"{path} is not JSON: {error}") from error
    return parsed(found, path)


def parsed(found: Any, path: Path) -> Spec:
    fields = Fields(found, str(path), path.parent)
    spec = Spec(
        name=fields.text("name", path.parent.name),
        memory=fields.number("memory", 16, 1024 * 1024),
        cpus=fields.number("cpus", 1, 256, 1),
        run=fields.path("run") or path.parent,
        serial_log=fields.path("serial_log") or path.parent / "serial.log",
        tb_size=fields.number("tb_size", 1, 4096, 64),
        accelerator=fields.one_of("accelerator", ACCELERATORS),
        firmware=fields.path("firmware"),
        kernel=fields.path("kernel"),
        initrd=fields.path("initrd"),
        append=fields.text("append"),
        disks=tuple(_disk(one) for one in fields.parts("disks")),
        cdrom=fields.path("cdrom"),
        network=_network(fields.part("network")),
        display=fields.truth("display"),
        pvpanic=fields.truth("pvpanic", True),
        agent=fields.truth("agent"),
    )
    fields.all_known()
    for name in SOCKETS:
        checked(spec.socket(name))
    return spec


def _disk(fields: Fields) -> Disk:
    temporary = fields.truth("temporary")
    disk = Disk(
        path=fields.required_path("path"),
        format=fields.one_of("format", FORMATS),
        temporary=temporary,
        size=fields.number("size", 1, 1024 * 1024) if temporary else 0,
    )
    if temporary and disk.format != "raw":
        fields.wrong("format", "must be raw: a temporary disk is made empty")
    fields.all_known()
    return disk


def _network(fields: Fields | None) -> Network | None:
    if fields is None:
        return None
    forward = fields.part("forward")
    network = Network(_forwarded(forward) if forward else {}, fields.truth("outside"))
    fields.all_known()
    return network


def _forwarded(fields: Fields) -> dict[int, int]:
    found = {}
    for name in fields.names():
        guest = PORTS.get(name) or (int(name) if name.isdecimal() else 0)
        if not 0 < guest < 65536:
            fields.wrong(name, f"is no port: a number, or one of {', '.join(PORTS)}")
        found[fields.number(name, 1, 65535)] = guest
    return found
