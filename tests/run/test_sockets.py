"""What a browser's socket does with bytes on their way out, without a server around it."""

import socket
from collections.abc import Iterator

import pytest
from twisted.internet.tcp import Connection

from portal.config.sockets import Socket, unsent


class Loop:
    """Notes who waits for the network to take bytes."""

    def __init__(self) -> None:
        self.waiting: set[Connection] = set()
        self.addWriter, self.removeWriter = self.waiting.add, self.waiting.discard


@pytest.fixture
def ends() -> Iterator[tuple[Socket, Connection, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        one = Socket()
        one.transport = Connection(ours, None, reactor=Loop())
        one.transport.connected = 1
        yield one, one.transport, theirs


def everything(below: Connection, theirs: socket.socket, size: int) -> bytes:
    came = bytearray()
    while len(came) < size:
        came += theirs.recv(1 << 16)
        if below.reactor.waiting:
            below.doWrite()
    return bytes(came)


def test_what_the_network_takes_is_written_at_once(ends: tuple[Socket, Connection, socket.socket]) -> None:
    one, below, theirs = ends
    one.sendData(b"key")
    assert theirs.recv(16, socket.MSG_DONTWAIT) == b"key"
    assert not below.reactor.waiting


def test_the_rest_waits_and_nothing_overtakes_it(ends: tuple[Socket, Connection, socket.socket]) -> None:
    one, below, theirs = ends
    pieces = [bytes([number]) * (1 << 18) for number in range(8)]
    for piece in pieces:
        one.sendData(piece)
    assert unsent(below) > 0
    assert below.reactor.waiting == {below}
    assert everything(below, theirs, 8 << 18) == b"".join(pieces)


def test_a_connection_that_is_gone_is_left_to_the_loop(
    ends: tuple[Socket, Connection, socket.socket],
) -> None:
    one, below, theirs = ends
    theirs.close()
    one.sendData(b"key")
    assert below.reactor.waiting == {below}
    assert isinstance(below.doWrite(), Exception)
