"""A person's page, without a browser: it connects, shows the log, acknowledges it, and comes back where it left off, as static/js/console/session.js does.

In: what the person does. Out: the log as it was shown, and everything else that was said.
"""

import asyncio
import contextlib
import random
import secrets
from typing import Any, Self
from urllib.parse import urlencode

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from consoles.wire import KIB, OFFSETS, U64, Op, message, packed, unpacked
from tests.chaos.waiting import PATIENCE, until

DELAYS = (0.4, 1.0, 1.5, 2.5, 4.0, 6.0, 10.0)
TAIL = 1024 * KIB
GOING_AWAY = 1001
JSON = (Op.ATTACHED, Op.PRESENCE, Op.LINE, Op.NOTICE, Op.REFUSED, Op.HUB, Op.WARNING)


class Page:
    """`acks`: whether it says what it has drawn."""

    acks = True

    def __init__(self, address: str, cookie: str, mode: str = "write") -> None:
        self.address, self.wish = address, mode
        self.cookie = cookie
        self.page = secrets.token_urlsafe(12)
        self.text = bytearray()
        self.start: int | None = None
        self.at: int | None = None
        self.said: list[tuple[int, Any]] = []
        self.me: dict[str, Any] | None = None
        self.writer: str | None = None
        self.socket: ClientConnection | None = None
        self.opened = 0
        self._tries = 0
        self._pongs = 0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._live())
        await self.until(lambda: self.me is not None)
        return self

    async def __aexit__(self, *error: object) -> None:
        """It goes elsewhere, as browsers say it."""
        if self.socket is not None:
            await self.socket.close(GOING_AWAY)
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    @property
    def headers(self) -> dict[str, str]:
        origin = self.address.replace("ws:", "http:").partition("/live")[0]
        return {"Origin": origin, "Cookie": f"sessionid={self.cookie}"}

    async def until(self, true: Any, patience: float = PATIENCE) -> None:
        await until(lambda: self._task.done() or true(), patience)
        if self._task.done():
            self._task.result()

    async def shows(self, offset: int) -> None:
        """What was printed up to there."""
        await self.until(lambda: self.me is not None and (self.at or 0) >= offset)

    async def _live(self) -> None:
        while True:
            with contextlib.suppress(OSError, InvalidHandshake, ConnectionClosed):
                await self._session()
            self.me = self.writer = self.socket = None
            await asyncio.sleep(DELAYS[min(self._tries, len(DELAYS) - 1)] * (0.5 + random.random()))
            self._tries += 1

    async def _session(self) -> None:
        place = {"tail": TAIL} if self.at is None else {"from": self.at}
        query = urlencode({"mode": self.wish, "page": self.page, **place})
        async with connect(
            f"{self.address}?{query}",
            additional_headers=self.headers,
            compression=None,
            max_size=None,
            proxy=None,
            ping_interval=None,
        ) as self.socket:
            self.opened += 1
            async for data in self.socket:
                assert isinstance(data, bytes)
                await self._heard(data[0], data[1:])

    async def _heard(self, op: int, payload: bytes) -> None:
        if op == Op.OUTPUT:
            await self._output(U64.unpack_from(payload)[0], payload[8:])
            return
        value: Any = unpacked(payload) if op in JSON else payload
        if op in (Op.GAP, Op.SKIP):
            value = OFFSETS.unpack(payload)
            assert self.at in (None, value[0])
            self.at = value[1]
        self.said.append((op, value))
        if op == Op.ATTACHED:
            self.me, self._tries = value, 0
        elif op == Op.PONG:
            self._pongs += 1
        elif op == Op.HUB and not value["up"]:
            self.me = self.writer = None
        if op in (Op.ATTACHED, Op.PRESENCE):
            self.writer = value["writer"]
            self.wish = "write" if self.writes else self.wish

    async def _output(self, offset: int, data: bytes) -> None:
        if self.start is None:
            self.start = self.at = offset
        assert offset == self.at, f"bytes from {offset} after {self.at}"
        self.at = offset + len(data)
        await self.draw(offset, data)
        if self.acks:
            await self.drew()

    async def draw(self, offset: int, data: bytes) -> None:
        self.text += data

    async def drew(self) -> None:
        await self.send(Op.ACK, U64.pack(self.at or 0))

    @property
    def writes(self) -> bool:
        return self.me is not None and self.writer == self.me["viewer"]

    async def send(self, op: Op, payload: bytes = b"") -> None:
        if self.socket is not None:
            with contextlib.suppress(ConnectionClosed):
                await self.socket.send(message(op, payload))

    async def type(self, data: bytes) -> None:
        await self.send(Op.KEYS, data)

    async def say(self, op: Op, **value: Any) -> None:
        await self.send(op, packed(value))

    async def heard_out(self) -> None:
        """Returns when the hub has taken all that was said so far."""
        before = self._pongs
        await self.send(Op.PING, b"ping")
        await self.until(lambda: self._pongs > before)

    def told(self, op: Op) -> list[Any]:
        return [value for said, value in self.said if said == op]
