"""A telnet line with a peer that is a socket of the test: what goes over the wire, byte for byte."""

import asyncio
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from consoles.drivers import telnet
from consoles.drivers.base import TIMEOUT, Abilities, Endpoint, Host, Trouble
from consoles.drivers.iac import (
    BINARY,
    BRK,
    DO,
    DONT,
    ECHO,
    IAC,
    NAWS,
    SGA,
    WILL,
    WONT,
    command,
    subnegotiation,
)
from consoles.drivers.opening import open_endpoint
from consoles.drivers.telnet import Telnet
from consoles.hub.sending import Sending
from tests.consoles.drivers.lines import LONG, answers, read, type_

DATA_MARK = 242


@dataclass
class Peer:
    line: Endpoint
    socket: socket.socket

    async def hears(self, count: int) -> bytes:
        loop, heard = asyncio.get_running_loop(), b""
        async with asyncio.timeout(LONG):
            while len(heard) < count:
                heard += await loop.sock_recv(self.socket, count - len(heard))
        return heard

    async def says(self, data: bytes, printed: bytes) -> None:
        """And the line prints this of it."""
        self.socket.send(data)
        assert await read(self.line, lambda found: len(found) >= len(printed)) == printed


@pytest.fixture
async def peer(host: Host) -> AsyncIterator[Peer]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = await open_endpoint(f"telnet://127.0.0.1:{server.getsockname()[1]}", host)
        accepted, _ = server.accept()
    accepted.setblocking(False)
    answers(line)
    with accepted:
        peer = Peer(line, accepted)
        offers = [command(WILL, BINARY), command(DO, BINARY), command(WILL, SGA), command(DO, SGA)]
        assert await peer.hears(15) == b"".join(offers) + command(WILL, NAWS)
        yield peer
    line.close()
    line.close()


async def test_it_carries_every_byte_both_ways_once_both_agree(peer: Peer) -> None:
    every = bytes(range(256))
    doubled = every.replace(b"\xff", b"\xff\xff")
    await peer.says(command(DO, BINARY) + command(WILL, BINARY) + doubled, printed=every)
    type_(peer.line, every)
    assert await peer.hears(257) == doubled


async def test_a_break_is_a_command_and_no_byte_of_the_guest(peer: Peer) -> None:
    assert peer.line.can == Abilities(breaks=True)
    await peer.line.send_break(0.25)
    assert await peer.hears(2) == bytes((IAC, BRK))


@pytest.fixture
def full() -> Iterator[tuple[Telnet, socket.socket]]:
    """A line whose socket takes nothing until its peer reads."""
    near, far = socket.socketpair()
    near.setblocking(False)
    line = Telnet(near)
    with pytest.raises(BlockingIOError):
        while True:
            near.send(b"x")
    far.setblocking(False)
    with far:
        yield line, far
    line.close()


async def test_a_break_is_sent_once_the_socket_has_it(full: tuple[Telnet, socket.socket]) -> None:
    line, far = full
    sending = Sending(asyncio.get_running_loop(), line, pytest.fail)
    line.reply = sending.put_raw
    sent = sending.do(partial(line.send_break, 0.25))
    sending.put(b"after")
    await asyncio.sleep(0)
    assert not sent.done()
    heard = b""
    async with asyncio.timeout(LONG):
        while not heard.endswith(b"after"):
            heard += await asyncio.get_running_loop().sock_recv(far, 65536)
        await sent
    assert heard.endswith(b"x" + bytes((IAC, BRK)) + b"after")


async def test_of_a_break_that_waits_when_the_line_goes_nobody_says_that_it_was_sent(
    full: tuple[Telnet, socket.socket],
) -> None:
    sending = Sending(asyncio.get_running_loop(), full[0], pytest.fail)
    full[0].reply = sending.put_raw
    sent = sending.do(partial(full[0].send_break, 0.25))
    await asyncio.sleep(0)
    sending.close()
    with pytest.raises(Trouble) as trouble:
        await sent
    assert trouble.value.begun


async def test_a_peer_that_takes_nothing_has_no_break_later_either(
    full: tuple[Telnet, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telnet, "PATIENCE", 0.05)
    line, far = full
    sending = Sending(asyncio.get_running_loop(), line, pytest.fail)
    line.reply = sending.put_raw
    with pytest.raises(Trouble) as trouble:
        await sending.do(partial(line.send_break, 0.25), then=b"b")
    assert (trouble.value.code, trouble.value.begun) == (TIMEOUT, False)
    sending.put(b"after")
    heard = b""
    async with asyncio.timeout(LONG):
        while not heard.endswith(b"after"):
            heard += await asyncio.get_running_loop().sock_recv(far, 65536)
    assert heard.endswith(b"xafter")


async def test_it_tells_the_size_only_to_a_peer_that_agreed(peer: Peer) -> None:
    peer.line.resize(24, 80)
    await peer.says(command(DO, NAWS) + b"ok", printed=b"ok")
    assert peer.line.can.size
    peer.line.resize(50, 255)
    size = subnegotiation(NAWS, bytes((0, 255, 0, 50)))
    assert await peer.hears(len(size)) == size
    await peer.says(command(DONT, NAWS) + b"ok", printed=b"ok")
    assert not peer.line.can.size


async def test_it_refuses_what_it_does_not_know(peer: Peer) -> None:
    await peer.says(command(WILL, 200) + b"$ ", printed=b"$ ")
    assert await peer.hears(3) == command(DONT, 200)


async def test_an_urgent_data_mark_takes_no_byte_of_the_guest_with_it(peer: Peer) -> None:
    peer.socket.send(b"before" + bytes((IAC,)))
    peer.socket.send(bytes((DATA_MARK,)), socket.MSG_OOB)
    await peer.says(b"after", printed=b"beforeafter")


async def test_a_peer_that_asks_for_ever_and_reads_no_answer_is_let_go_of(peer: Peer) -> None:
    lost: list[OSError] = []
    sending = Sending(asyncio.get_running_loop(), peer.line, lost.append)
    peer.line.reply = sending.put_raw
    asks = (command(WILL, ECHO) + command(WONT, ECHO)) * 1000
    for _ in range(1000):
        peer.line.decoded(asks)
        if lost:
            break
    assert [error.errno for error in lost] == [errno.ENOBUFS]
    assert sending.size == 0
