"""The web process for real: what it takes from a browser's socket, and what it does not."""

import ast
import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from consoles import wire
from portal.config.serve import HANDSHAKE, MESSAGE
from tests.run.programs import Program, free_port, running

MIB = 1024 * 1024
UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
)


class Web:
    def __init__(self, program: Program, port: int) -> None:
        self.program, self.port = program, port

    def memory(self) -> int:
        return int(self.read("/"))

    def read(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            found: bytes = answer.read()
        return found

    def opened(self, path: str = "/echo", **options: Any) -> connect:
        return connect(f"ws://127.0.0.1:{self.port}{path}", max_size=None, **options)

    def raw(self, text: str) -> socket.socket:
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        client.sendall(text.encode())
        return client


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with serving() as one:
        yield one


@contextlib.contextmanager
def serving() -> Iterator[Web]:
    port = free_port()
    command = (sys.executable, "-m", "portal.config.serve", "-v", "0", "--no-server-name")
    with running(*command, "-p", str(port), "tests.run.socket_app:application") as program:
        web = Web(program, port)
        until_it_answers(web)
        yield web


def until_it_answers(web: Web) -> None:
    end = time.monotonic() + 30
    while True:
        try:
            web.memory()
            return
        except OSError:
            assert time.monotonic() < end
            time.sleep(0.05)


async def code_of(connection: ClientConnection) -> int:
    with pytest.raises(ConnectionClosed):
        async with asyncio.timeout(10):
            while True:
                await connection.recv()
    assert connection.protocol.close_rcvd is not None, "it was dropped without a word"
    return int(connection.protocol.close_rcvd.code)


def test_a_frame_of_the_hubs_fits() -> None:
    assert MESSAGE == wire.MAX_FRAME


async def test_a_message_as_long_as_is_allowed_comes_back_whole(web: Web) -> None:
    data = os.urandom(MESSAGE)
    async with web.opened() as connection:
        await connection.send(data)
        assert await connection.recv() == data


async def test_what_the_network_does_not_take_at_once_follows_in_order(web: Web) -> None:
    messages = [bytes([number]) * (64 * 1024) for number in range(48)]
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", web.port))
    async with web.opened(sock=slow, max_queue=1) as connection:
        for message in messages:
            await connection.send(message)
        assert [await connection.recv() for _ in messages] == messages


async def test_whoever_writes_on_as_a_browser_leaves_hears_that_it_left_and_no_error(web: Web) -> None:
    for _ in range(10):
        async with web.opened("/flood", max_queue=None) as connection:
            await connection.recv()
    async with asyncio.timeout(10):
        while len(floods := ast.literal_eval((await asyncio.to_thread(web.read, "/floods")).decode())) < 10:
            await asyncio.sleep(0.02)
    assert floods == ["websocket.disconnect"] * 10


async def test_a_longer_one_is_closed_as_too_big(web: Web) -> None:
    async with web.opened() as connection:
        await connection.send(bytes(MESSAGE + 1))
        assert await code_of(connection) == 1009


async def test_a_frame_that_announces_a_gigabyte_is_refused_by_its_header(web: Web) -> None:
    async with web.opened() as connection:
        connection.transport.write(b"\x82\xff" + (1024 * MIB).to_bytes(8, "big") + bytes(4))
        assert await code_of(connection) == 1009


async def test_fragments_count_together_and_what_comes_after_is_not_kept(web: Web) -> None:
    """Many fragments of 16 KiB, more of them than fit, from ten sockets at once."""
    before = web.memory()

    async def fragments() -> int:
        async with web.opened() as connection:
            with contextlib.suppress(ConnectionClosed):
                await connection.send(bytes(16 * 1024) for _ in range(2000))
            return await code_of(connection)

    assert await asyncio.gather(*(fragments() for _ in range(10))) == [1009] * 10
    assert web.memory() - before < 16 * MIB


async def test_a_socket_that_ignores_the_refusal_is_dropped_and_costs_nothing(web: Web) -> None:
    before = web.memory()
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
    writer.write((UPGRADE.format(path="/echo") + "\r\n").encode())
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"\x82\xff" + (1024 * MIB).to_bytes(8, "big") + bytes(4))
    with pytest.raises(OSError):
        async with asyncio.timeout(10):
            while True:
                writer.write(bytes(MIB))
                await writer.drain()
    writer.close()
    assert web.memory() - before < 16 * MIB


async def test_nothing_is_compressed_even_when_the_browser_offers_it(web: Web) -> None:
    async with web.opened(compression="deflate") as connection:
        assert connection.protocol.extensions == []


def closed_after(client: socket.socket, start: float) -> float:
    """Reads to the end, whatever it was told before."""
    with client:
        try:
            while client.recv(4096):
                pass
        except ConnectionResetError:
            pass
    return time.monotonic() - start


def test_a_handshake_that_never_finishes_is_dropped(web: Web) -> None:
    """Neither one whose headers never end, nor one that drips, nor one that the application never answers."""
    start, latest = time.monotonic(), HANDSHAKE + 15
    halves = web.raw(UPGRADE.format(path="/echo"))
    silent = web.raw(UPGRADE.format(path="/silent") + "\r\n")
    dripping = web.raw(UPGRADE.format(path="/echo"))
    try:
        while time.monotonic() - start < latest + 1:
            dripping.sendall(b"X-A: b\r\n")
            time.sleep(0.2)
    except OSError:
        pass
    assert time.monotonic() - start < latest
    for client in (halves, silent, dripping):
        assert closed_after(client, start) < latest


async def test_it_stops_when_asked_with_sockets_open_and_half_open() -> None:
    half, silent = UPGRADE.format(path="/echo"), UPGRADE.format(path="/silent") + "\r\n"
    with serving() as web, web.raw(half), web.raw(silent):
        async with web.opened() as connection:
            await connection.send(b"x")
            assert await connection.recv() == b"x"
            web.program.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(web.program.ended) == 0


async def test_three_hundred_handshakes_at_once_are_all_answered(web: Web) -> None:
    async def once() -> bytes:
        async with web.opened(open_timeout=30) as connection:
            await connection.send(b"x")
            return bytes(await connection.recv())  # type: ignore[arg-type]

    assert await asyncio.gather(*(once() for _ in range(300))) == [b"x"] * 300


async def test_a_browser_that_takes_nothing_is_dropped_whatever_it_says_it_has_seen(web: Web) -> None:
    before = web.memory()
    reader, writer = await asyncio.open_connection("127.0.0.1", web.port, limit=1024)
    writer.write((UPGRADE.format(path="/echo") + "\r\n").encode())
    message = b"\x82\xff" + MESSAGE.to_bytes(8, "big") + bytes(4 + MESSAGE)
    with pytest.raises(OSError):
        async with asyncio.timeout(20):
            for _ in range(100 * MIB // MESSAGE):
                writer.write(message)
                await writer.drain()
    writer.close()
    assert web.memory() - before < 16 * MIB


def test_a_long_answer_waits_for_whoever_reads_it_slowly(web: Web) -> None:
    before = web.memory()
    with web.raw("GET /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") as slow:
        read = 0
        while read < 64 * MIB:
            read += len(slow.recv(MIB))
            if read % (8 * MIB) < MIB:
                assert web.memory() - before < 32 * MIB
        while piece := slow.recv(MIB):
            read += len(piece)
    assert read > 256 * MIB
