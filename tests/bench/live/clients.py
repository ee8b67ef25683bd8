"""What a page does, without drawing: attaches, types one key and waits for it, takes what comes and says so.

In: a place to attach at. Out: bytes of the guest with their offsets. The same calls serve the portal's socket, the hub's own and a bare relay.
"""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from consoles.wire import HEADER, KIB, U64, Op, frame, message, packed, unpacked
from tests.bench.live.websocket import WebSocket

Bytes = bytes | memoryview


class Refused(Exception):
    """Somebody said no; the message holds the code."""


class Talk:
    """Frames of the product over any connection: `_send` and `_next` differ, what is said does not."""

    def __init__(self) -> None:
        self.attached: dict[str, Any] = {}
        self.offset = self.acked = 0
        self.ack_every = 16 * KIB

    def _send(self, op: Op, payload: bytes) -> None:
        raise NotImplementedError

    def _next(self) -> bytes:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    def output(self) -> Bytes:
        """The next bytes of the guest; everything else is taken note of."""
        while True:
            if (data := self._heard(self._next())) is not None:
                return data

    def _heard(self, said: bytes) -> Bytes | None:
        if said[0] != Op.OUTPUT:
            self._note(said[0], said[1:])
            return None
        offset = U64.unpack_from(said, 1)[0]
        if offset != self.offset:
            raise Refused(f"output at {offset} instead of {self.offset}")
        self._took(len(said) - 9)
        return memoryview(said)[9:]

    def _note(self, op: int, payload: bytes) -> None:
        if op == Op.ATTACHED:
            self.attached = unpacked(payload)
            self.offset = self.acked = self.attached["from"]
        elif op == Op.REFUSED:
            raise Refused(payload.decode())
        elif op in (Op.GAP, Op.SKIP):
            self.offset = U64.unpack_from(payload, 8)[0]

    def _took(self, count: int) -> None:
        self.offset += count
        if self.offset - self.acked >= self.ack_every:
            self.acked = self.offset
            self._send(Op.ACK, U64.pack(self.offset))

    def until_attached(self) -> "Talk":
        while not self.attached:
            self._heard(self._next())
        return self

    def key(self, data: bytes) -> None:
        self._send(Op.KEYS, data)

    def echo(self, key: bytes) -> Bytes:
        self._send(Op.KEYS, key)
        return self.output()


class Page(Talk):
    """Through the web, as a browser."""

    def __init__(self, port: int, path: str, cookie: str, origin: str = "", **query: Any) -> None:
        super().__init__()
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        self.socket = WebSocket(
            port, f"{path}?{asked}", cookie=cookie, origin=origin or f"http://localhost:{port}"
        )

    def _send(self, op: Op, payload: bytes) -> None:
        self.socket.send(message(op, payload))

    def _next(self) -> bytes:
        return self.socket.next()

    def at_hand(self) -> Iterator[Bytes]:
        """What one read brings, when there is something to read."""
        self.socket.read()
        while (said := self.socket.at_hand()) is not None:
            if (data := self._heard(said)) is not None:
                yield data

    def close(self) -> None:
        self.socket.close()


class AtTheHub(Talk):
    """At the hub's own socket, as a consumer."""

    def __init__(self, path: Path, line: str, mode: str = "write", **asked: Any) -> None:
        super().__init__()
        self.peer = socket.socket(socket.AF_UNIX)
        self.peer.settimeout(30)
        self.peer.connect(str(path))
        self.buffer = bytearray()
        wish = {
            "line": line,
            "page": "bench-page",
            "person": "bench",
            "mode": mode,
            "may_write": True,
            "tail": 0,
        }
        self._send(Op.ATTACH, packed({**wish, **asked}))

    def _send(self, op: Op, payload: bytes) -> None:
        self.peer.sendall(frame(op, payload))

    def _next(self) -> bytes:
        while True:
            if len(self.buffer) >= HEADER.size:
                length = HEADER.unpack_from(self.buffer)[0]
                if len(self.buffer) >= 4 + length:
                    said = bytes(memoryview(self.buffer)[4 : 4 + length])
                    del self.buffer[: 4 + length]
                    return said
            piece = self.peer.recv(1 << 18)
            if not piece:
                raise Refused("the hub closed the connection")
            self.buffer += piece

    def close(self) -> None:
        self.peer.close()


class Bare:
    """A relay that knows no frames of ours: bytes in, bytes out."""

    def __init__(self, port: int, path: str = "/") -> None:
        self.socket = WebSocket(port, path)

    def output(self) -> Bytes:
        return self.socket.next()

    def key(self, data: bytes) -> None:
        self.socket.send(data)

    def echo(self, key: bytes) -> bytes:
        self.socket.send(key)
        return self.socket.next()

    def close(self) -> None:
        self.socket.close()


def microseconds(ends: "Talk | Bare", times: int) -> list[float]:
    """So many keys, one after the other, each awaited; none twice in a row, so that no echo is taken for another."""
    took = []
    for number in range(times):
        key = b"%c" % (97 + number % 26)
        start = time.perf_counter()
        back = ends.echo(key)
        took.append((time.perf_counter() - start) * 1e6)
        if back != key:
            raise Refused(f"{key!r} came back as {bytes(back)!r}")
    return took
