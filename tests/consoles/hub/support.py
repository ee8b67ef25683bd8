"""A hub in the test's own loop, devices behind unix sockets, and viewers that speak the wire: real parts, no web."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from consoles.hub import client
from consoles.hub.hub import Hub
from consoles.hub.spec import HubSettings, LineSpec, Listening
from consoles.wire import OFFSETS, U64, Op, packed, unpacked

PATIENCE = 10.0
MIB = 1024 * 1024


class Device:
    """What a machine's serial socket is: somebody connects, bytes go both ways."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.heard = bytearray()
        self.connected = asyncio.Event()
        self.news = asyncio.Event()
        self.writer: asyncio.StreamWriter | None = None
        self.reading = asyncio.Event()
        self.reading.set()
        self._server: asyncio.Server | None = None

    async def start(self) -> "Device":
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))
        return self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writer = writer
        self.connected.set()
        while True:
            await self.reading.wait()
            try:
                data = await reader.read(4096)
            except ConnectionError:
                data = b""
            if not data:
                self.connected.clear()
                writer.close()
                return
            self.heard += data
            self.news.set()

    async def print(self, data: bytes) -> None:
        await until(self.connected.is_set)
        assert self.writer
        self.writer.write(data)
        await self.writer.drain()

    async def hears(self, data: bytes) -> None:
        while data not in self.heard:
            self.news.clear()
            async with asyncio.timeout(PATIENCE):
                await self.news.wait()

    def pause(self) -> None:
        """What comes stays in its socket."""
        assert self.writer
        self.writer.transport.pause_reading()  # type: ignore[attr-defined]

    def go_on(self) -> None:
        assert self.writer
        self.writer.transport.resume_reading()  # type: ignore[attr-defined]

    def hang_up(self) -> None:
        assert self.writer
        self.writer.close()

    async def stop(self) -> None:
        assert self._server
        self._server.close()
        if self.writer:
            self.writer.close()
        self.path.unlink(missing_ok=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():
            await asyncio.sleep(0.002)


@dataclass
class Seen:
    """A viewer and everything it was told; `text` is the log as it got it."""

    link: client.Link
    frames: list[tuple[int, Any]] = field(default_factory=list)
    text: bytearray = field(default_factory=bytearray)
    start: int | None = None
    at: int = 0
    gone: bool = False
    draws: bool = True

    async def take_one(self) -> tuple[int, Any]:
        op, payload = await self.link.next()
        value: Any = payload
        if op == Op.OUTPUT:
            offset = U64.unpack_from(payload)[0]
            value = (offset, payload[8:])
            if self.start is None:
                self.start = self.at = offset
            assert offset == self.at, f"bytes from {offset} after {self.at}"
            self.text += payload[8:]
            self.at = offset + len(payload) - 8
        elif op in (Op.GAP, Op.SKIP):
            value = OFFSETS.unpack(payload)
            self.start = value[0] if self.start is None else self.start
            self.at = value[1]
        elif op not in (Op.PONG, Op.TAKEN):
            value = unpacked(payload)
        if self.draws and op in (Op.OUTPUT, Op.GAP, Op.SKIP):
            self.link.send(Op.ACK, U64.pack(self.at))
        self.frames.append((op, value))
        return op, value

    async def until(self, op: Op, true: Callable[[Any], bool] = lambda value: True) -> Any:
        """The first such frame from now on."""
        async with asyncio.timeout(PATIENCE):
            while True:
                said, value = await self.take_one()
                if said == op and true(value):
                    return value

    async def reads(self, data: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            while data not in self.text:
                await self.take_one()

    async def reads_to(self, offset: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while self.at < offset:
                await self.take_one()

    def told(self, op: Op) -> list[Any]:
        return [value for said, value in self.frames if said == op]

    def send(self, op: Op, payload: bytes = b"") -> None:
        self.link.send(op, payload)

    def type(self, data: bytes) -> None:
        self.send(Op.KEYS, data)

    def say(self, op: Op, **value: Any) -> None:
        self.send(op, packed(value))


class Host:
    """One hub and its devices, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = HubSettings("local", folder / "spool", Listening(path=folder / "hub.sock"))
        self.told: list[tuple[str, LineSpec]] = []
        self.seen: list[dict[str, Any]] = []
        self.sealed: list[str] = []
        self.hub = Hub(self.settings, self.hear)
        self.devices: list[Device] = []
        self.links: list[client.Link] = []
        self.specs: list[LineSpec] = []

    def hear(self, what: str, spec: LineSpec, about: dict[str, Any]) -> None:
        if what == "seen":
            self.seen.append({"line": spec.name, **about})
        elif what == "sealed":
            self.sealed.append(spec.name)
        else:
            self.told.append((what, spec))

    async def device(
        self, name: str = "web-1", limit: int = 16 * MIB, **spec: Any
    ) -> tuple[Device, LineSpec]:
        device = await Device(self.folder / f"{name}.sock").start()
        self.devices.append(device)
        made = LineSpec(uuid4().hex, f"unix://{device.path}", name, limit, **spec)
        self.specs.append(made)
        await self.hub.want(self.specs)
        await until(device.connected.is_set)
        return device, made

    async def viewer(self, spec: LineSpec, mode: str = "write", **fields: Any) -> Seen:
        link = await client.connect(self.settings.listening.address)
        self.links.append(link)
        asked = {
            "line": spec.id,
            "viewer": uuid4().hex,
            "page": uuid4().hex,
            "person": uuid4().hex,
            "name": "Ada",
            "address": "127.0.0.1",
            "via": "page",
            "mode": mode,
            "may_write": mode == "write",
            "from": None,
            "far": True,
            "tail": MIB,
        }
        link.send(Op.ATTACH, packed({**asked, **fields}))
        seen = Seen(link)
        await seen.until(Op.ATTACHED)
        return seen

    async def stop(self) -> None:
        for link in self.links:
            link.close()
        await self.hub.drain()
        for device in self.devices:
            await device.stop()


@asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Host]:
    host = Host(folder)
    await host.hub.start()
    try:
        yield host
    finally:
        await host.stop()


def attached(seen: Seen) -> dict[str, Any]:
    value: dict[str, Any] = seen.told(Op.ATTACHED)[0]
    return value


def numbered(count: int, start: int = 0) -> bytes:
    return b"".join(b"%09d\n" % number for number in range(start, start + count))


def dumped(value: Any) -> bytes:
    return json.dumps(value).encode()
