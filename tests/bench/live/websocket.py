"""A browser's end of a WebSocket over plain blocking calls, so that the client costs as little as it can.

In: an address, a cookie. Out: whole messages, in the order they came.
"""

import base64
import os
import socket
from collections.abc import Iterator
from struct import Struct

PLAIN, LONG = Struct("!BB"), Struct("!BBH")
SHORT_LENGTH, LONG_LENGTH = Struct("!H"), Struct("!Q")
BINARY, CLOSE, PING, PONG = 0x2, 0x8, 0x9, 0xA
NO_MASK = bytes(4)  # a mask of zeros is a mask, and leaves the bytes as they are


class Closed(Exception):
    """The other end has closed; the message holds its code and words, or its answer to the handshake."""


class WebSocket:
    def __init__(
        self, port: int, path: str, *, cookie: str = "", origin: str = "", patience: float = 30
    ) -> None:
        self.peer = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.parts = bytearray()
        self._shake_hands(port, path, cookie, origin)

    def _shake_hands(self, port: int, path: str, cookie: str, origin: str) -> None:
        key = base64.b64encode(os.urandom(16)).decode()
        head = [
            f"GET {path} HTTP/1.1",
            f"Host: localhost:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
        ]
        head += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        head += [f"Cookie: {cookie}"] * bool(cookie) + [f"Origin: {origin}"] * bool(origin)
        self.peer.sendall("\r\n".join([*head, "", ""]).encode())
        while b"\r\n\r\n" not in self.buffer:
            self.read()
        answer, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        if not answer.startswith(b"HTTP/1.1 101"):
            raise Closed(answer.decode(errors="replace"))

    def read(self) -> None:
        piece = self.peer.recv(1 << 18)
        if not piece:
            raise Closed("the connection ended")
        self.buffer += piece

    def send(self, payload: bytes, kind: int = BINARY) -> None:
        self.peer.sendall(frame(payload, kind))

    def messages(self) -> Iterator[bytes]:
        """What has come, and then what comes; ends never, or with Closed."""
        while True:
            message = self.at_hand()
            if message is None:
                self.read()
            else:
                yield message

    def next(self) -> bytes:
        return next(self.messages())

    def at_hand(self) -> bytes | None:
        """A whole message that is here already."""
        while (found := parse(self.buffer)) is not None:
            kind, last, start, end = found
            payload = bytes(memoryview(self.buffer)[start:end])
            del self.buffer[:end]
            if kind == CLOSE:
                raise Closed(
                    f"{SHORT_LENGTH.unpack(payload[:2])[0]} {payload[2:].decode()}" if payload else "closed"
                )
            if kind == PING:
                self.send(payload, PONG)
            elif last and not self.parts:
                return payload
            else:
                self.parts += payload
                if last:
                    whole, self.parts = bytes(self.parts), bytearray()
                    return whole
        return None

    def close(self) -> None:
        """As a page that is left does."""
        self.send(SHORT_LENGTH.pack(1000), CLOSE)
        self.peer.close()


def frame(payload: bytes, kind: int = BINARY) -> bytes:
    size = len(payload)
    head = PLAIN.pack(0x80 | kind, 0x80 | size) if size < 126 else LONG.pack(0x80 | kind, 0xFE, size)
    return head + NO_MASK + payload


def parse(buffer: bytearray) -> tuple[int, bool, int, int] | None:
    """Kind, whether it is the last of its message, and where its payload starts and ends."""
    if len(buffer) < 2:
        return None
    start, size = 2, buffer[1] & 0x7F
    if size == 126:
        start = 4
        size = SHORT_LENGTH.unpack_from(buffer, 2)[0] if len(buffer) >= 4 else 0
    elif size == 127:
        start = 10
        size = LONG_LENGTH.unpack_from(buffer, 2)[0] if len(buffer) >= 10 else 0
    if len(buffer) < start + size:
        return None
    return buffer[0] & 0x0F, bool(buffer[0] & 0x80), start, start + size
