"""A hub of the tests' own, found by the web where it looks for hubs: it keeps every frame that reaches it."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from consoles.hub.registry import PREFIX
from consoles.wire import HEADER, Op, frame, packed, unpacked
from tests.chaos.portal import Portal
from tests.chaos.waiting import until


class Spy:
    def __init__(self) -> None:
        self.sessions: list[Heard] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = Heard()
        self.sessions.append(session)
        try:
            while True:
                length, op = HEADER.unpack(await reader.readexactly(HEADER.size))
                session.frames.append((op, await reader.readexactly(length - 1)))
                writer.write(session.answer())
        except (asyncio.IncompleteReadError, ConnectionError):
            session.over = True
        finally:
            writer.close()


class Heard:
    """Of one viewer, who is told that it writes."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, bytes]] = []
        self.over = False

    def answer(self) -> bytes:
        op, payload = self.frames[-1]
        if op == Op.PING:
            return frame(Op.PONG, payload)
        if op != Op.ATTACH:
            return b""
        viewer = unpacked(payload)["viewer"]
        told = {"viewer": viewer, "mode": "write", "may_write": True, "from": 0, "live": 0, "line": {}}
        presence = {"people": [{"viewer": viewer, "name": "owner"}], "writer": viewer}
        return frame(Op.ATTACHED, packed({**told, "now_ms": 0, "live_ms": None, "can": {}, **presence}))

    @property
    def ops(self) -> list[int]:
        return [op for op, _ in self.frames]

    async def ended(self) -> list[int]:
        """What all was heard, once the web has let go."""
        await until(lambda: self.over)
        return self.ops


@asynccontextmanager
async def spying(portal: Portal) -> AsyncIterator[Spy]:
    spy, path = Spy(), portal.var / "spy.sock"
    server = await asyncio.start_unix_server(spy.serve, str(path))
    entry = {"host": "spy", "address": f"unix://{path}", "pid": os.getpid(), "started_ms": 0, "spool": "spy"}
    async with server, Redis.from_url(portal.environment["REDIS_URL"]) as redis:
        await redis.set(f"{PREFIX}spy", json.dumps({**entry, "lines": 1, "viewers": 0}))
        yield spy
