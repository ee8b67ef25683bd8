"""Machines under a real QEMU, each ended with its test: bare ones, which run firmware only and are there at once, and a small Linux."""

import json
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from portal.machines.qemu.managed import ManagedMachine
from tests.guests.conftest import built_small, make_small  # noqa: F401
from tests.machines.qemu.kinds import Holding, Machines
from tests.machines.qemu.serial_line import SerialLine


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that outlasts the machines in it, since their pid files say what is to be ended."""
    with TemporaryDirectory(prefix="hpq-") as folder:
        yield Path(folder)
        assert subprocess.run(["pgrep", "-af", f"{folder}/"], stdout=subprocess.PIPE).stdout == b""


@pytest.fixture
async def opened(place: Path) -> AsyncIterator[Machines]:
    """`opened(path of a machine.json)` is that machine, which is no more when the test ends."""
    machines: list[ManagedMachine] = []

    def open_one(path: Path) -> ManagedMachine:
        machines.append(ManagedMachine(f"qemu://{path}"))
        return machines[-1]

    yield open_one
    for machine in machines:
        await machine.process.end()


@pytest.fixture
def bare(opened: Machines, place: Path) -> Machines:
    """`bare(**more)` is a machine without anything to boot, with what more its specification says."""

    def make(name: str = "bare", **more: Any) -> ManagedMachine:
        path = place / name / "machine.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"name": name, "memory": 16, "tb_size": 16, **more}))
        return opened(path)

    return make


@pytest.fixture
def small(opened: Machines, make_small: Callable[..., Path]) -> Machines:  # noqa: F811
    def make(name: str = "small-1", **more: Any) -> ManagedMachine:
        return opened(make_small(name, **more))

    return make


@pytest.fixture
async def line() -> AsyncIterator[Holding]:
    """`await line(machine)` holds its serial port, as the hub does."""
    lines: list[SerialLine] = []

    async def hold(machine: ManagedMachine) -> SerialLine:
        lines.append(await SerialLine.held(machine.spec.socket("serial")))
        return lines[-1]

    yield hold
    for one in lines:
        one.close()
