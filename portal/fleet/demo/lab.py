"""The demonstration's real guests. In: what `make run` and `make lab` built. Out: each guest's files in var/lab, and the two URLs of its machine.

A guest that has its files keeps them: asking again changes nothing.
"""

import shutil
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings

from portal.lab import debian, machines, small
from portal.lab.broken import VARIANTS
from portal.lab.errors import LabError

FIRST_PORT = 2201  # of this machine's, for SSH into the full Debians
LONGEST_SOCKET = 107  # bytes of a path
OS_NAME, DEBIAN = "Small Linux", "Debian 12"


class Guest(NamedTuple):
    """`runs`: it is started with Homeport; the others wait to be."""

    behind_grub: bool = False
    runs: bool = False
    has: tuple[str, ...] = ()  # of what costs something: agent, display


SMALL = {
    "web-1": Guest(behind_grub=True, runs=True, has=("agent", "display")),
    "db-2": Guest(behind_grub=True),
    "test-1": Guest(has=("agent",)),
    "gateway-1": Guest(runs=True),
    "mail-1": Guest(behind_grub=True),
    "web-pool_0": Guest(runs=True),
    "web-pool_1": Guest(),
    "web-pool_2": Guest(),
}
RUNNING = [name for name, guest in SMALL.items() if guest.runs]
FULL = {"debian-1": debian.HEALTHY, **{f"broken-{name.replace('_', '-')}": name for name in VARIANTS}}


class Endpoints(NamedTuple):
    serial: str
    machine: str


def folder() -> Path:
    return Path(settings.VAR_DIR).absolute() / "lab"


def small_guest(name: str) -> Endpoints | None:
    """None where this machine has none: the lab was not built, or is turned off."""
    if name not in SMALL or not _possible(name) or not small.ready(_cache()):
        return None
    place = folder() / name
    try:
        if not (place / "machine.json").exists():
            machines.write(place, _small_specification(place, name, SMALL[name]))
    except LabError:
        return None
    return _endpoints(place)


def _small_specification(place: Path, name: str, guest: Guest) -> dict[str, Any]:
    write = small.behind_grub if guest.behind_grub else small.specification
    has: dict[str, Any] = dict.fromkeys(guest.has, True)
    return write(small.build(_cache()), place, name, **has)


def full_guests() -> Iterator[tuple[str, Endpoints]]:
    """Those of `make lab`."""
    images = debian.images(_cache())
    if not debian.built(_cache()):
        return
    names = [name for name in FULL if _possible(name)]
    for name, port in zip(names, _free_ports(len(names)), strict=True):
        place = folder() / name
        if not (place / "machine.json").exists():
            network = {"forward": {"ssh": port}}
            machines.write(place, debian.specification(images[FULL[name]], place, name, network=network))
        yield name, _endpoints(place)


def _possible(name: str) -> bool:
    socket_path = folder() / name / "events.sock"
    return (
        settings.LAB
        and bool(shutil.which("qemu-system-x86_64"))
        and len(bytes(socket_path)) <= LONGEST_SOCKET
    )


def _cache() -> Path:
    return Path(settings.VAR_DIR).absolute() / "lab-cache"


def _endpoints(place: Path) -> Endpoints:
    path = place / "machine.json"
    return Endpoints(machines.serial_url(path), machines.machine_url(path))


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        return [_free_port(held, FIRST_PORT + 10 * number) for number in range(count)]


def _free_port(held: ExitStack, first: int) -> int:
    for port in range(first, first + 10):
        probe = held.enter_context(socket.socket())
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return port
    return first
