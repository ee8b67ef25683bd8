"""Domains of a real libvirtd that the tests begin and end."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import uvloop

from consoles.drivers.base import Endpoint, Host
from consoles.drivers.opening import open_endpoint
from portal.lab.small import Small
from portal.machines.libvirt import speaking
from portal.machines.libvirt.machine import LibvirtMachine
from tests.consoles.drivers.lines import readable
from tests.guests.conftest import built_small  # noqa: F401
from tests.machines.libvirt.host import AGENT, DISPLAY, LIBVIRTD, MISSING, Libvirtd

NAME = "web-1"
TALKATIVE = "loglevel=7"  # the first words of its kernel come seconds before its login prompt


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Consoles run on the hub's loop, machines on that of jobs."""
    if item.path.name == "test_consoles.py":
        return {"uvloop": uvloop.new_event_loop}
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture(scope="session")
def libvirtd(built_small: Small) -> Iterator[Libvirtd]:  # noqa: F811
    if not (LIBVIRTD and shutil.which("virsh")):
        pytest.skip(MISSING)
    daemon = Libvirtd(built_small)
    yield daemon
    daemon.end()


@pytest.fixture
def domain(libvirtd: Libvirtd) -> Iterator[Callable[..., LibvirtMachine]]:
    """`domain(…)` defines web-1 and gives the machine; what it asks for more is said as in `define`."""

    def make(**more: str) -> LibvirtMachine:
        libvirtd.define(NAME, **{"devices": DISPLAY + AGENT, **more})
        return LibvirtMachine(libvirtd.url(NAME))

    yield make
    libvirtd.forget(NAME)


@pytest.fixture
async def console(libvirtd: Libvirtd) -> AsyncIterator[Callable[..., Awaitable[Endpoint]]]:
    lines: list[Endpoint] = []

    async def hold(**more: str) -> Endpoint:
        lines.append(await open_endpoint(libvirtd.url(NAME, **more), Host()))
        return lines[-1]

    yield hold
    for line in lines:
        line.close()


@pytest.fixture(autouse=True)
async def no_child_is_left() -> AsyncIterator[None]:
    yield
    for shared in speaking._shared.values():
        assert [one.speaker for one in shared.values() if one.speaker] == []


async def printed(line: Endpoint, words: bytes, seconds: float = 120) -> bytes:
    """What a line prints until those words, or until its end."""
    seen = b""
    async with asyncio.timeout(seconds):
        while words not in seen:
            await readable(asyncio.get_running_loop(), line.fd)
            data = os.read(line.fd, 65536)
            if not data:
                break
            seen += data
    return seen
