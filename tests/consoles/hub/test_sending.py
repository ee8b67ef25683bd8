"""Bytes and acts for one line, in order; an act that the operating system refuses costs the line, one that is called off costs nothing."""

import asyncio
import errno
import socket

import pytest

from consoles.drivers.base import Endpoint, Trouble
from consoles.hub.sending import MOST_DEEDS, Sending


@pytest.fixture
def pair() -> tuple[socket.socket, socket.socket]:
    near, far = socket.socketpair()
    near.setblocking(False)
    far.settimeout(20)
    return near, far


class Ends:
    def __init__(self, near: socket.socket) -> None:
        self.lost: list[OSError] = []
        self.sending = Sending(asyncio.get_running_loop(), Endpoint(near.fileno()), self.lost.append)
        self.go_on = asyncio.Event()
        self.began = asyncio.Event()

    async def act(self) -> None:
        self.began.set()
        await self.go_on.wait()

    async def fails(self) -> None:
        raise OSError(errno.EIO, "gone")


async def test_what_the_protocol_says_in_an_act_goes_before_what_was_typed(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ends = Ends(pair[0])

    async def says() -> None:
        await ends.go_on.wait()
        ends.sending.put_raw(b"<break>")

    done = ends.sending.do(says, then=b"h")
    ends.sending.put(b"typed")
    ends.go_on.set()
    await done
    assert pair[1].recv(100) == b"<break>htyped"
    assert ends.sending.size == 0


async def test_an_act_that_the_system_refuses_is_the_lines_trouble(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ends = Ends(pair[0])
    done = ends.sending.do(ends.fails, then=b"b")
    with pytest.raises(Trouble):
        await done
    assert [error.errno for error in ends.lost] == [errno.EIO]
    pair[0].close()
    assert pair[1].recv(100) == b""


async def test_an_act_that_nobody_waits_for_any_more_is_not_begun(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ends = Ends(pair[0])
    first = ends.sending.do(ends.act, then=b"1")
    second = ends.sending.do(ends.act, then=b"2")
    second.cancel()
    ends.go_on.set()
    await first
    ends.sending.put(b"end")
    assert pair[1].recv(100) == b"1end"


async def test_whoever_waits_learns_that_the_line_was_closed(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ends = Ends(pair[0])
    done, later = ends.sending.do(ends.act, then=b"1"), ends.sending.do(ends.act)
    await ends.began.wait()
    ends.sending.close()
    for one, begun in ((done, True), (later, False)):
        with pytest.raises(Trouble) as trouble:
            await asyncio.wait_for(one, 5)
        assert trouble.value.begun is begun


async def test_what_is_forgotten_is_what_its_typist_may_no_longer_type(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    ends, credited = Ends(pair[0]), list[int]()
    running = ends.sending.do(ends.act, then=b"h")
    ends.sending.put(b"forgotten", credited.append)
    ends.sending.put(b"kept")
    theirs = ends.sending.do(ends.act, credit=credited.append)
    ends.sending.forget()
    with pytest.raises(Trouble):
        await theirs
    ends.go_on.set()
    await running
    assert pair[1].recv(100) == b"hkept"
    assert (credited, ends.sending.size) == ([], 0)


async def test_acts_without_end_are_refused(pair: tuple[socket.socket, socket.socket]) -> None:
    ends = Ends(pair[0])
    asked = [ends.sending.do(ends.act) for _ in range(2 + MOST_DEEDS)]
    with pytest.raises(Trouble) as refused:
        await asked[-1]
    assert refused.value.code == "busy"
    ends.go_on.set()
    await asyncio.wait_for(asyncio.gather(*asked[:-1]), 5)
