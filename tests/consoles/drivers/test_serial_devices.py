"""Serial devices of this machine: socat's pairs of terminals take the place of cables."""

import asyncio
import fcntl
import os
import termios
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from serial import serialposix

from consoles.drivers import serial_port
from consoles.drivers.base import BUSY, FAILED, MISSING, Abilities, Endpoint, Host, Trouble
from consoles.drivers.opening import open_endpoint
from tests.consoles.drivers.lines import ended, read, type_

EVERY_BYTE = bytes(range(256))
IFLAG, CFLAG, LFLAG, SPEED = 0, 2, 3, 4


def device(link: Path) -> str:
    return str(link.resolve())


@pytest.fixture
async def line(wire: tuple[Path, Path], host: Host) -> AsyncIterator[Endpoint]:
    endpoint = await open_endpoint(device(wire[0]), host)
    yield endpoint
    endpoint.close()
    endpoint.close()


@pytest.fixture
def guest(wire: tuple[Path, Path]) -> Any:
    with open(wire[1], "r+b", buffering=0) as opened:
        yield opened


async def test_it_carries_every_byte_both_ways(line: Endpoint, guest: Any) -> None:
    guest.write(EVERY_BYTE)
    assert await read(line, lambda printed: len(printed) >= 256) == EVERY_BYTE
    type_(line, EVERY_BYTE)
    received = b""
    while len(received) < 256:
        received += guest.read(256)
    assert received == EVERY_BYTE


async def test_a_silent_line_gives_nothing_rather_than_the_end(line: Endpoint) -> None:
    with pytest.raises(BlockingIOError):
        os.read(line.fd, 10)


async def test_what_was_printed_before_it_opened_is_not_lost(
    wire: tuple[Path, Path], guest: Any, host: Host
) -> None:
    with open(wire[0], "rb", buffering=0) as early:
        guest.write(b"login: ")
        async with asyncio.timeout(10):
            while fcntl.ioctl(early, termios.FIONREAD, b"\0" * 4) != b"\7\0\0\0":
                await asyncio.sleep(0.01)
        line = await open_endpoint(device(wire[0]), host)
        assert await read(line, lambda printed: len(printed) >= 7) == b"login: "
        line.close()


async def test_it_sets_what_the_url_says(wire: tuple[Path, Path], host: Host) -> None:
    line = await open_endpoint(f"{device(wire[0])}?baud=9600&parity=E&bits=7&stop=2&flow=xonxoff", host)
    settings = termios.tcgetattr(line.fd)
    line.close()
    assert settings[SPEED] == termios.B9600
    assert settings[CFLAG] & termios.CSTOPB
    assert settings[IFLAG] & termios.IXON
    assert not settings[LFLAG] & termios.ECHO


async def test_a_restart_of_the_hub_hangs_nobody_up(line: Endpoint) -> None:
    settings = termios.tcgetattr(line.fd)
    assert not settings[CFLAG] & termios.HUPCL
    assert not settings[IFLAG] & termios.BRKINT


async def test_the_hub_sees_that_the_device_has_gone(host: Host) -> None:
    far, near = os.openpty()
    line = await open_endpoint(os.ttyname(near), host)
    os.close(near)
    os.close(far)
    assert await ended(line)
    line.close()


async def trouble(url: str, host: Host) -> Trouble:
    with pytest.raises(Trouble) as raised:
        await open_endpoint(url, host)
    return raised.value


async def test_a_device_that_another_program_holds_is_busy(
    line: Endpoint, wire: tuple[Path, Path], host: Host
) -> None:
    assert (await trouble(device(wire[0]), host)).code == BUSY
    line.close()
    (await open_endpoint(device(wire[0]), host)).close()


async def test_a_device_that_is_not_there_is_missing(host: Host) -> None:
    found = await trouble("/dev/ttyNONE7", host)
    assert (found.code, found.reason) == (MISSING, "No such file or directory")


async def test_what_is_no_serial_device_is_said_to_be_none(host: Host) -> None:
    found = await trouble("/dev/null", host)
    assert (found.code, found.reason) == (FAILED, "Inappropriate ioctl for device")


async def test_a_terminal_without_a_wire_claims_no_break_and_no_modem(line: Endpoint) -> None:
    assert line.can == Abilities()


async def test_a_device_with_a_wire_has_break_modem_and_rate(
    wire: tuple[Path, Path], host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_port, "PTYS", range(0))
    monkeypatch.setattr(serial_port, "_has_modem_lines", lambda fd: True)
    line = await open_endpoint(f"{device(wire[0])}?baud=9600", host)
    assert line.can == Abilities(breaks=True, modem=True, rate=960)
    line.close()


@pytest.mark.parametrize(
    ("act", "signals"), [("break", ["TIOCSBRK", "TIOCCBRK"]), ("modem", ["TIOCMBIC", "TIOCMBIS"])]
)
async def test_break_and_hang_up_last_as_long_as_they_shall(
    line: Endpoint, monkeypatch: pytest.MonkeyPatch, act: str, signals: list[str]
) -> None:
    """What reaches the kernel: a terminal without a wire has no voltage to measure."""
    asked: list[tuple[int, float]] = []
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(fcntl, "ioctl", lambda fd, request, *rest: asked.append((request, loop.time())))
    await (line.send_break(0.1) if act == "break" else line.hang_up())
    assert [request for request, _ in asked] == [getattr(serialposix, name) for name in signals]
    assert asked[1][1] - asked[0][1] >= (0.09 if act == "break" else 0.49)
