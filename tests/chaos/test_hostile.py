"""A browser that means harm: what it says beyond the table closes its socket, and none of it reaches the hub. Strangers are let in nowhere."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode

from consoles.admission.handshake import MODES, VIAS
from consoles.routing import application
from consoles.wire import KIB, MAX_KEYS, Close, Op, message, packed
from tests.chaos.page import Page
from tests.chaos.portal import Portal
from tests.chaos.spy import Spy, spying

pytestmark = pytest.mark.chaos

BIG, PROTOCOL = 1009, 1002
KEYS = message(Op.KEYS, b"x")
HUBS_OWN = [op for op in Op if op >= Op.ATTACH]
BAD: dict[str, Any] = {
    "nothing": b"",
    "an opcode of nobody": b"\x00keys",
    "another": b"\x3fkeys",
    "the last there is": b"\xff",
    "as many keys as one too many": message(Op.KEYS, bytes(MAX_KEYS + 1)),
    "fragments that are one too many together": [KEYS, bytes(MAX_KEYS)],
    "fragments of nothing": [b"", b"", b""],
    "an opcode in one fragment, the hub's, and words in another": [
        bytes((Op.ATTACH,)),
        packed({"line": "x"}),
    ],
    "text": "x",
    "text that is a frame": "\x01rm -rf /\r",
    "text in fragments": ["\x01", "rm -rf /\r"],
    **{f"{op.name}, bare": message(op) for op in HUBS_OWN},
    **{f"{op.name}, with json": message(op, packed({"line": "x", "may_write": True})) for op in HUBS_OWN},
}
TOO_BIG: dict[str, Any] = {
    "longer than any frame": message(Op.KEYS, bytes(66 * KIB)),
    "as long in fragments": [message(Op.KEYS, bytes(KIB)) for _ in range(66)],
}
NO_WEBSOCKET: dict[str, bytes] = {
    "not masked": Frame(Opcode.BINARY, KEYS).serialize(mask=False),
    "an opcode that WebSocket keeps for later": b"\x83\x80\x00\x00\x00\x00",
    "bits that WebSocket keeps for later": b"\xf2\x80\x00\x00\x00\x00",
    "a ping in fragments": b"\x09\x80\x00\x00\x00\x00",
    "a fragment of nothing before": b"\x80\x80\x00\x00\x00\x00",
}


@pytest_asyncio.fixture
async def spy(portal: Portal) -> AsyncIterator[Spy]:
    await portal.at_rest()
    async with spying(portal) as made:
        yield made


def opened(portal: Portal, vm: str, person: str | None = "owner", **query: str) -> connect:
    page = Page(portal.address(vm), portal.cookies[person] if person else "")
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return connect(f"{page.address}?{asked}", additional_headers=page.headers, compression=None, proxy=None)


async def closed_by(portal: Portal, say: Callable[[ClientConnection], Awaitable[None]]) -> int:
    """Keys follow at once: a socket that is closed for what came before takes none of them."""
    async with opened(portal, "spied") as socket:
        assert (await socket.recv())[0] == Op.ATTACHED
        try:
            await say(socket)
            await socket.send(KEYS)
            while True:
                await socket.recv()
        except ConnectionClosed:
            assert socket.protocol.close_rcvd is not None, "it was dropped without a word"
            return socket.protocol.close_rcvd.code


async def test_what_no_page_says_closes_the_socket_and_reaches_no_hub(portal: Portal, spy: Spy) -> None:
    for cases, code in ((BAD, Close.BAD_FRAME), (TOO_BIG, BIG)):
        for name, what in cases.items():

            async def send(socket: ClientConnection, what: Any = what) -> None:
                await socket.send(what)

            assert await closed_by(portal, send) == code, name
            assert set(await spy.sessions[-1].ended()) <= {Op.ATTACH, Op.DETACH}, name
    for name, raw in NO_WEBSOCKET.items():

        async def write(socket: ClientConnection, raw: bytes = raw) -> None:
            socket.transport.write(raw)

        assert await closed_by(portal, write) == PROTOCOL, name
        assert await spy.sessions[-1].ended() == [Op.ATTACH], name
    assert len(spy.sessions) == len(BAD) + len(TOO_BIG) + len(NO_WEBSOCKET)
    async with opened(portal, "spied") as socket:
        assert (await socket.recv())[0] == Op.ATTACHED
        await socket.send([bytes((Op.KEYS,)), b"up", b"time\r"])
        await socket.send(message(Op.PING, b"ping"))
        while (await socket.recv())[0] != Op.PONG:
            pass
    assert await spy.sessions[-1].ended() == [Op.ATTACH, Op.KEYS, Op.PING, Op.DETACH]
    assert spy.sessions[-1].frames[1:3] == [(Op.KEYS, b"uptime\r"), (Op.PING, b"ping")]


ROUTES = {"live/vms/": "web-1", "live/scale-sets/": "pool_0"}
NOBODY = (None, "stranger", "bystander", "reader", "auditor", "staff")


async def test_no_socket_opens_for_a_stranger_at_any_address_and_each_does_for_the_owner(
    portal: Portal,
) -> None:
    await portal.at_rest()
    found = {str(route.pattern).partition("<")[0] for route in application.routes}
    assert found == {*ROUTES, ""}, "a socket's address that is not tried here"
    for start, vm in ROUTES.items():
        assert f"/{start}" in portal.address(vm)
        for query in [{"mode": mode, "via": via} for mode in MODES for via in VIAS]:
            for person in NOBODY:
                with pytest.raises(InvalidStatus) as refused:
                    await opened(portal, vm, person, **query)
                assert refused.value.response.status_code == 403
            async with opened(portal, vm, "owner", **query) as socket:
                assert (await socket.recv())[0] == Op.ATTACHED
