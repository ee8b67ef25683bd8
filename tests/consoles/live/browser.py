"""A browser's end of a console's socket, without a server between: what it says goes to the application, what it hears is kept."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from consoles.routing import application
from consoles.wire import OFFSETS, U64, Op, message, packed, unpacked
from portal.fleet.models import VirtualMachine

PATIENCE = 10.0
HOST = "testserver"
ORIGIN = f"http://{HOST}"


def path_of(vm: VirtualMachine) -> str:
    return f"/live{vm.console_url}"


@dataclass
class Browser:
    """`text` is the log as it came; `close` the number its socket was closed with, None where the handshake failed."""

    path: str
    headers: list[tuple[bytes, bytes]]
    query: dict[str, Any]
    address: str = "127.0.0.1"
    text: bytearray = field(default_factory=bytearray)
    frames: list[tuple[int, Any]] = field(default_factory=list)
    start: int | None = None
    at: int = 0
    acks: bool = True
    gone: bool = False  # and the application has not heard of it yet: a server refuses what it sends
    refusals: int = 0

    async def open(self) -> bool:
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {
            "type": "websocket",
            "path": self.path,
            "root_path": "",
            "headers": self.headers,
            "query_string": urlencode(self.query).encode(),
            "client": (self.address, 40000),
        }
        self._in.put_nowait({"type": "websocket.connect"})
        self.task = asyncio.create_task(application(scope, self._in.get, self._sent))
        answer = await self.next_message()
        self.refused = answer.get("code") if answer["type"] == "websocket.close" else None
        return answer["type"] == "websocket.accept"

    async def _sent(self, answer: dict[str, Any]) -> None:
        if self.gone:
            self.refusals += 1
            raise ConnectionError
        self._out.put_nowait(answer)

    async def next_message(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while self._out.empty():
                assert not self.task.done(), self.task.exception() or "it ended without a word"
                await asyncio.wait({self.task}, timeout=0.002)
            return self._out.get_nowait()

    def send(self, op: int, payload: bytes = b"") -> None:
        self.send_raw(bytes((op,)) + payload)

    def send_raw(self, data: bytes) -> None:
        self._in.put_nowait({"type": "websocket.receive", "bytes": data})

    def say(self, op: Op, **value: Any) -> None:
        self.send(op, packed(value))

    def type(self, data: bytes) -> None:
        self._in.put_nowait({"type": "websocket.receive", "bytes": message(Op.KEYS, data)})

    async def next(self) -> tuple[int, Any]:
        """One frame; a close is told as the opcode 0 with its number."""
        answer = await self.next_message()
        if answer["type"] == "websocket.close":
            return self._keep(0, answer["code"])
        op, payload = answer["bytes"][0], answer["bytes"][1:]
        if op == Op.OUTPUT:
            return self._keep(op, self._output(payload))
        if op in (Op.GAP, Op.SKIP):
            self.at = OFFSETS.unpack(payload)[1]
            return self._keep(op, OFFSETS.unpack(payload))
        return self._keep(op, payload if op in (Op.PONG, Op.TAKEN) else unpacked(payload))

    def _keep(self, op: int, value: Any) -> tuple[int, Any]:
        self.frames.append((op, value))
        return op, value

    def _output(self, payload: bytes) -> tuple[int, bytes]:
        offset, data = U64.unpack_from(payload)[0], payload[8:]
        if self.start is None:
            self.start = self.at = offset
        assert offset == self.at, f"bytes from {offset} after {self.at}"
        self.text += data
        self.at = offset + len(data)
        if self.acks:
            self.send(Op.ACK, U64.pack(self.at))
        return offset, data

    async def until(self, op: int, **fields: Any) -> Any:
        async with asyncio.timeout(PATIENCE):
            while True:
                said, value = await self.next()
                if said == op and all(value[name] == wanted for name, wanted in fields.items()):
                    return value
                assert said or not op, f"closed with {value} before {op}"

    async def reads(self, data: bytes) -> None:
        async with asyncio.timeout(PATIENCE):
            while data not in self.text:
                assert (await self.next())[0], "closed"

    async def closed(self) -> int:
        """Waits for the close, and for all that belongs to it."""
        code: int = await self.until(0)
        await self.ended()
        return code

    async def ended(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait({self.task})

    async def leave(self, code: int = 1001) -> None:
        self._in.put_nowait({"type": "websocket.disconnect", "code": code})
        await self.ended()

    def told(self, op: Op) -> list[Any]:
        return [value for said, value in self.frames if said == op]
