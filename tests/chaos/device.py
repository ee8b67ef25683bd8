"""A guest's serial socket, as a process. In: a socket's path, then commands as lines of JSON. Out: a line of JSON for each, with what it printed and heard.

What it prints while nobody is connected is lost, as on a real line. `read` is what the other side has surely taken from the kernel:
nothing of it was left in the socket when the next piece was written.
"""

import contextlib
import fcntl
import json
import selectors
import socket
import struct
import sys
import termios
import time
from typing import Any

from tests.chaos.sequence import greeting, printed

LARGE = 64 * 1024
LATE = 0.05  # of a pace that cannot be kept, no more than this is caught up


class Device:
    def __init__(self, path: str) -> None:
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(sys.stdin, selectors.EVENT_READ, self.command)
        self.peer: socket.socket | None = None
        self.connections: list[dict[str, int]] = []
        self.heard = bytearray()
        self.echoes = False
        self.place = self.flood = self.rate = 0
        self.chunk = 16
        self.since = 0.0
        self.waiting = b""
        self.taken_at = 0

    def run(self) -> None:
        while True:
            for key, _mask in self.selector.select(self.pause()):
                key.data()
            self.print_on()

    def pause(self) -> float | None:
        if self.flood and self.peer is not None:
            return 0
        return max(0.0, self.since + self.chunk / self.rate - time.monotonic()) if self.rate else None

    def accept(self) -> None:
        peer, _ = self.listener.accept()
        self.hang_up()
        self.peer = peer
        peer.setblocking(False)
        self.selector.register(peer, selectors.EVENT_READ, self.hear)
        self.waiting = greeting(len(self.connections) + 1, self.place)
        self.taken_at = 0
        self.connections.append({"start": self.place, "written": 0, "read": 0, "greeted": len(self.waiting)})
        self.send()

    def hang_up(self) -> None:
        if self.peer is not None:
            self.selector.unregister(self.peer)
            self.peer.close()
            self.peer = None

    def hear(self) -> None:
        assert self.peer
        try:
            data = self.peer.recv(LARGE)
        except OSError:
            data = b""
        if not data:
            self.hang_up()
            return
        self.heard += data
        if self.echoes:
            self.waiting += data
            self.send()

    def print_on(self) -> None:
        if self.waiting:
            self.send()
            return
        if self.flood and self.peer is not None:
            self.write(min(self.flood, LARGE))
            return
        now = time.monotonic()
        if not self.rate or now < self.since + self.chunk / self.rate:
            return
        self.since = max(self.since + self.chunk / self.rate, now - LATE)
        if self.peer is None:
            self.place += self.chunk
        else:
            self.write(self.chunk)

    def write(self, length: int) -> None:
        """Of the numbers; what the socket does not take is printed next."""
        assert self.peer
        known = self.connections[-1]
        known["read"] = self.taken_at
        (left,) = struct.unpack("i", fcntl.ioctl(self.peer.fileno(), termios.TIOCOUTQ, bytes(4)))
        if not left:
            self.taken_at = known["written"]
        count = self._sent(printed(self.place, length))
        known["written"] += count
        self.place += count
        self.flood = max(0, self.flood - count)

    def send(self) -> None:
        self.waiting = self.waiting[self._sent(self.waiting) :]

    def _sent(self, data: bytes) -> int:
        """A full socket is waited for, a moment: a line's sender is held back by its receiver."""
        if self.peer is None:
            return len(data)
        try:
            return self.peer.send(data)
        except BlockingIOError:
            with selectors.DefaultSelector() as room:
                room.register(self.peer, selectors.EVENT_WRITE)
                room.select(0.02)
            return 0
        except OSError:
            self.hang_up()
            return 0

    def command(self) -> None:
        line = sys.stdin.readline()
        if not line:
            sys.exit()
        asked: dict[str, Any] = json.loads(line)
        pieces = [bytes.fromhex(piece) for piece in asked.pop("pieces", [])]
        if asked.pop("forget", False):
            self.heard.clear()
        for name, value in asked.items():
            setattr(self, name, value)
        self.since = time.monotonic()
        for piece in pieces:
            self.waiting += piece
            while self.waiting and self.peer is not None:
                self.send()
        told = {"connections": self.connections, "place": self.place, "flood": self.flood}
        print(json.dumps({**told, "up": self.peer is not None, "heard": self.heard.hex()}), flush=True)


with contextlib.suppress(KeyboardInterrupt):
    Device(sys.argv[1]).run()
