"""Serial lines that print: a unix socket each, written to in 16-byte units at a line rate, spread evenly over time.

In: a folder, how many lines, what they say; on standard input {"seconds", "rate"}. Out: how many units each line was given, and how late.
"""

import json
import os
import selectors
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

UNIT = 16
NAP = 0.0001


def numbered(line: int, number: int) -> bytes:
    return b"%03d %010d\r\n" % (line, number)


def stamped(line: int, number: int) -> bytes:
    return b"%014d\r\n" % (time.monotonic_ns() // 1000)


SAYINGS: dict[str, Callable[[int, int], bytes]] = {"numbered": numbered, "stamped": stamped}


def path_of(folder: Path, line: int) -> Path:
    return folder / f"{line:04}.sock"


class Line:
    """What a serial port does not take waits here, as bytes wait in a guest."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.waiting = b""
        self.held_up = 0

    def say(self, data: bytes) -> None:
        data = self.waiting + data
        try:
            self.waiting = data[self.peer.send(data) :]
        except BlockingIOError:
            self.waiting = data
        self.held_up += bool(self.waiting)


def listen(folder: Path, lines: int) -> list[socket.socket]:
    heard = []
    for line in range(lines):
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path_of(folder, line)))
        server.listen()
        heard.append(server)
    return heard


def accept(servers: list[socket.socket]) -> list[Line]:
    """One peer for every line, in whatever order they come."""
    lines: dict[int, Line] = {}
    with selectors.DefaultSelector() as waiting:
        for number, server in enumerate(servers):
            waiting.register(server, selectors.EVENT_READ, number)
        while len(lines) < len(servers):
            for key, _ in waiting.select():
                lines[key.data] = Line(servers[key.data].accept()[0])
                lines[key.data].peer.setblocking(False)
                waiting.unregister(key.fileobj)
    return [lines[number] for number in range(len(servers))]


def feed(lines: list[Line], say: Callable[[int, int], bytes], seconds: float, rate: int) -> dict[str, Any]:
    """Unit k of all is due at k × step, so that the lines never print in step with each other."""
    each = int(seconds * rate / UNIT)
    step, start, done, latest = UNIT / rate / len(lines), time.monotonic(), 0, 0.0
    total = each * len(lines)
    while done < total:
        now = time.monotonic()
        due = min(total, int((now - start) / step))
        latest = max(latest, now - start - done * step)
        while done < due:
            number, at = divmod(done, len(lines))
            lines[at].say(say(at, number))
            done += 1
        time.sleep(NAP)
    for line in lines:
        line.peer.setblocking(True)
        line.peer.sendall(line.waiting)
        line.waiting = b""
        line.peer.setblocking(False)
    return {"units": each, "latest": latest, "held_up": sum(line.held_up for line in lines)}


def main(folder: str, count: str, saying: str) -> None:
    servers = listen(Path(folder), int(count))
    print(json.dumps({"listening": len(servers), "pid": os.getpid()}), flush=True)
    lines = accept(servers)
    print(json.dumps({"connected": len(lines)}), flush=True)
    for wish in sys.stdin:
        print(json.dumps(feed(lines, SAYINGS[saying], **json.loads(wish))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
