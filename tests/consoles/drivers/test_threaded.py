"""Ports that threads carry over a socket pair: pySerial's loop://, and RFC 2217 with a real ser2net, or with peers that misbehave."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from serial import rfc2217, serial_for_url

from consoles.drivers import opening, remote_port
from consoles.drivers.base import FAILED, TIMEOUT, UNREACHABLE, Abilities, Endpoint, Host, Trouble
from consoles.drivers.opening import open_endpoint
from consoles.drivers.threads import hang_up
from tests.consoles.drivers.lines import ended, read, type_, until

EVERY_BYTE = bytes(range(256))


@pytest.fixture
async def loop_line(host: Host) -> AsyncIterator[Endpoint]:
    line = await open_endpoint("loop://", host)
    yield line
    line.close()
    line.close()


async def test_a_loop_gives_back_what_is_typed(loop_line: Endpoint) -> None:
    type_(loop_line, EVERY_BYTE)
    assert await read(loop_line, lambda printed: len(printed) >= 256) == EVERY_BYTE
    with pytest.raises(BlockingIOError):
        os.read(loop_line.fd, 10)


async def test_a_loop_closes_also_when_nobody_reads_it(loop_line: Endpoint) -> None:
    with pytest.raises(BlockingIOError):
        while True:
            os.write(loop_line.fd, b"x" * 4096)


@pytest.fixture
async def remote(terminal_server: tuple[int, Path], host: Host) -> AsyncIterator[tuple[Endpoint, int]]:
    port, guest = terminal_server
    line = await open_endpoint(f"rfc2217://127.0.0.1:{port}?ign_set_control&baud=9600", host)
    opened = os.open(guest, os.O_RDWR | os.O_NOCTTY)
    yield line, opened
    os.close(opened)
    line.close()
    line.close()


async def test_ser2net_carries_every_byte_both_ways(remote: tuple[Endpoint, int]) -> None:
    line, guest = remote
    os.write(guest, EVERY_BYTE)
    assert await read(line, lambda printed: len(printed) >= 256) == EVERY_BYTE
    type_(line, EVERY_BYTE)
    received = b""
    while len(received) < 256:
        received += await asyncio.to_thread(os.read, guest, 256)
    assert received == EVERY_BYTE


async def test_ser2net_takes_break_and_hang_up(remote: tuple[Endpoint, int]) -> None:
    line, guest = remote
    assert line.can == Abilities(breaks=True, modem=True, rate=960)
    await line.send_break(0.1)
    await line.hang_up()
    os.write(guest, b"still here")
    assert await read(line, lambda printed: len(printed) >= 10) == b"still here"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_port, "WAIT", 0.5)


@pytest.mark.usefixtures("impatient")
async def test_ser2net_without_ign_set_control_says_what_it_missed(
    terminal_server: tuple[int, Path], host: Host
) -> None:
    with pytest.raises(Trouble, match="timeout while waiting for option 'control'") as raised:
        await open_endpoint(f"rfc2217://127.0.0.1:{terminal_server[0]}", host)
    assert raised.value.code == FAILED


class Server:
    """pySerial's own RFC 2217 server side, on a loop:// port, so that the test sees the signals."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"rfc2217://127.0.0.1:{self.listening.getsockname()[1]}"
        self.signals: list[tuple[str, bool]] = []
        self.port = serial_for_url("loop://", timeout=0)
        self.port._update_break_state = lambda: self.signals.append(("break", self.port._break_state))
        self.port._update_dtr_state = lambda: self.signals.append(("dtr", self.port._dtr_state))
        self.connection: socket.socket | None = None
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        self.connection, _ = self.listening.accept()
        manager = rfc2217.PortManager(self.port, self)
        while data := self.connection.recv(1024):
            b"".join(manager.filter(data))

    def write(self, data: bytes) -> None:
        assert self.connection
        self.connection.sendall(data)

    def close(self) -> None:
        if self.connection:
            hang_up(self.connection)
            self.thread.join()
            self.connection.close()
        self.listening.close()
        self.port.close()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


async def test_break_and_hang_up_reach_the_port_and_end_again(server: Server, host: Host) -> None:
    line = await open_endpoint(server.url, host)
    server.signals.clear()
    await line.send_break(0.05)
    await line.hang_up()
    assert server.signals == [("break", True), ("break", False), ("dtr", False), ("dtr", True)]
    line.close()


async def test_the_hub_sees_that_the_terminal_server_has_gone(server: Server, host: Host) -> None:
    line = await open_endpoint(server.url, host)
    assert server.connection
    server.connection.shutdown(socket.SHUT_RDWR)
    assert await ended(line)
    line.close()


async def test_close_returns_at_once_also_when_the_peer_takes_nothing(
    server: Server, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_port, "WAIT", 3.0)
    line = await open_endpoint(server.url, host)
    assert server.connection
    server.signals.clear()
    hold = threading.Event()

    def write_nothing(data: bytes) -> None:
        hold.wait(10)

    server.write = write_nothing  # type: ignore[method-assign]
    act = asyncio.create_task(line.send_break(0.05))
    await until(lambda: ("break", True) in server.signals)
    with pytest.raises(BlockingIOError):
        for _ in range(10_000):
            os.write(line.fd, b"x" * 4096)
            await asyncio.sleep(0)
    begun = time.monotonic()
    line.close()
    assert time.monotonic() - begun < 2
    act.cancel()
    hold.set()


async def test_a_closed_port_is_unreachable(host: Host) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(Trouble) as raised:
        await open_endpoint(f"rfc2217://127.0.0.1:{port}", host)
    assert (raised.value.code, raised.value.reason) == (UNREACHABLE, "Connection refused")


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_never_answers_times_out_and_leaves_nothing(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "LONGEST", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        with pytest.raises(Trouble) as raised:
            await open_endpoint(f"rfc2217://127.0.0.1:{mute.getsockname()[1]}", host)
        assert raised.value.code == TIMEOUT
