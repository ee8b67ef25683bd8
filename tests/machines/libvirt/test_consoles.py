"""A domain's console as a line of the hub's: held by one, taken with force, broken through the monitor, alive through a reset."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable

import pytest

from consoles.drivers import libvirt_console, libvirt_holding
from consoles.drivers.base import BUSY, MISSING, TIMEOUT, UNREACHABLE, Endpoint, Host, Trouble
from consoles.drivers.opening import open_endpoint
from portal.machines.libvirt.machine import LibvirtMachine
from tests.machines.libvirt.conftest import NAME, TALKATIVE, printed
from tests.machines.libvirt.host import Libvirtd

pytestmark = pytest.mark.guest

Make = Callable[..., LibvirtMachine]
Hold = Callable[..., Awaitable[Endpoint]]


async def trouble(opening: Awaitable[Endpoint]) -> Trouble:
    with pytest.raises(Trouble) as raised:
        await opening
    return raised.value


def held() -> list[str]:
    return [uri for loop, uri in libvirt_holding.children if loop is asyncio.get_running_loop()]


async def test_only_force_takes_a_console_from_somebody(domain: Make, console: Hold) -> None:
    machine = domain(devices="", append=TALKATIVE)
    assert (await trouble(console())).code == UNREACHABLE
    await machine.prepare()
    first = await console()
    assert first.can.breaks
    assert (await trouble(console())).code == BUSY
    second = await console(force="1")
    assert await printed(first, b"what nobody prints", 30) == b""
    await machine.start()
    assert b"Linux version" in await printed(second, b"Linux version")


async def test_a_line_lives_through_a_reset_gives_every_byte_and_breaks_before_the_letter(
    libvirtd: Libvirtd, domain: Make, console: Hold
) -> None:
    machine = domain(devices="", append=TALKATIVE)
    logged_before = len(libvirtd.log(NAME))
    await machine.prepare()
    line = await console(device="serial0")
    await machine.start()
    seen = await printed(line, b"Linux version")
    await machine.reset()
    seen += await printed(line, b"login: ")
    await line.send_break(0.25)
    os.write(line.fd, b"h")
    seen += await printed(line, b"sysrq: HELP")
    for typed, awaited in ((b"\n", b"login: "), (b"root\n", b"Password: "), (b"homeport\n", b"# ")):
        os.write(line.fd, typed)
        seen += await printed(line, awaited)
    os.write(line.fd, b"seq 1 5000; echo en''d\n")
    seen += await printed(line, b"end\r\n")
    await machine.power_off()
    seen += await printed(line, b"what it prints no more")
    assert b"\r\n4999\r\n5000\r\n" in seen
    assert seen == libvirtd.log(NAME)[logged_before:]  # which QEMU itself wrote


async def test_a_domain_or_a_host_that_is_not_there_is_said(libvirtd: Libvirtd) -> None:
    assert (await trouble(open_endpoint(libvirtd.url("nobody"), Host()))).code == MISSING
    nowhere = libvirtd.url(NAME).replace("libvirt-sock", "no-sock")
    assert (await trouble(open_endpoint(nowhere, Host()))).code == UNREACHABLE


async def test_lines_end_with_the_libvirt_that_held_them_and_can_be_had_again(
    libvirtd: Libvirtd, domain: Make, console: Hold
) -> None:
    machine = domain(devices="")
    await machine.prepare()
    line = await console()
    libvirtd.kill()
    assert await printed(line, b"what nobody prints", 30) == b""
    with pytest.raises(Trouble):
        await line.send_break(0.25)
    libvirtd.begin()
    assert (await console()).can.breaks


async def test_without_libvirts_module_the_line_says_what_to_install(
    libvirtd: Libvirtd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libvirt_holding.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(libvirt_holding, "FOR_ALL", 0)
    for python in ("/usr/bin/false", "/nonexistent/python3"):
        monkeypatch.setattr(libvirt_holding, "DEBIANS", python)
        assert (
            "apt install python3-libvirt" in (await trouble(open_endpoint(libvirtd.url(NAME), Host()))).reason
        )
    assert not held()


async def test_a_libvirt_that_stands_still_holds_up_nobody_for_long(
    libvirtd: Libvirtd, domain: Make, console: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(libvirt_console, "PATIENCE", 0.3)
    machine = domain(devices="")
    await machine.prepare()
    line = await console()
    with libvirtd.standing_still():
        with pytest.raises(Trouble) as raised:
            await line.send_break(0.25)
        assert raised.value.code == TIMEOUT
    assert await console(force="1")


async def test_lines_that_open_together_share_one_child_and_its_failure(
    libvirtd: Libvirtd, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    monkeypatch.setattr(libvirt_holding.Child, "_begin", counted(begun, libvirt_holding.Child._begin))
    nowhere = libvirtd.url(NAME).replace("libvirt-sock", "no-sock")
    opened = await asyncio.gather(
        *(open_endpoint(nowhere, Host()) for _ in range(20)), return_exceptions=True
    )
    assert {getattr(one, "code", None) for one in opened} == {UNREACHABLE}
    assert (await trouble(open_endpoint(nowhere, Host()))).code == UNREACHABLE
    assert len(begun) == 1


def counted(begun: list[object], begin: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def counting(child: libvirt_holding.Child, theirs: socket.socket) -> None:
        begun.append(child)
        await begin(child, theirs)

    return counting


async def test_an_opening_that_nobody_waits_for_leaves_nothing_behind(libvirtd: Libvirtd) -> None:
    opening = asyncio.create_task(open_endpoint(libvirtd.url(NAME), Host()))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert not held()
