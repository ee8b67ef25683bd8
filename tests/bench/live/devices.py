"""Machines that do as they are told by one key: they echo it, print so many bytes at once, or print until Ctrl-C.

In: paths of unix sockets to listen on. Out: bytes; what is printed at once is the same every time, so that it can be compared.
"""

import json
import select
import socket
import sys
import threading
from functools import cache

CTRL_C, PRINT, YES = b"\x03", b"\x10", b"\x19"
LINE = 64
PIECE = 1024


@cache
def text(size: int) -> bytes:
    """What Ctrl-P makes it print: numbered lines of 64 bytes."""
    filling = "the quick brown fox jumps over the lazy dog 0123456789"[: LINE - 12]
    lines = "".join(f"{number:09} {filling}\r\n" for number in range(size // LINE))
    return lines.encode()


class Device(threading.Thread):
    """One connection after another, as serial ports have them; blocking, so that an echo costs nothing but itself."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen()

    def run(self) -> None:
        while True:
            threading.Thread(target=serve, args=(self.server.accept()[0],), daemon=True).start()


def serve(peer: socket.socket) -> None:
    try:
        while keys := peer.recv(4096):
            if keys == YES:
                say_yes(peer)
            elif keys.startswith(PRINT):
                peer.sendall(text(int(keys[1:])))
            else:
                peer.sendall(keys)
    except (BrokenPipeError, ConnectionResetError):
        peer.close()


def say_yes(peer: socket.socket) -> None:
    while not (select.select([peer], [], [], 0)[0] and CTRL_C in peer.recv(4096)):
        peer.sendall(b"y\r\n" * PIECE)
    peer.sendall(b"^C\r\n$ ")


def main(*paths: str) -> None:
    for path in paths:
        Device(path).start()
    print(json.dumps({"listening": len(paths)}), flush=True)
    for _ in sys.stdin:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
