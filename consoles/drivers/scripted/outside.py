"""What happens to a pretended machine from outside. In: a word on a socket of its own in the hub's folder. Out: the guest's own doing, as if somebody had pressed."""

import asyncio
import contextlib
import socket
from pathlib import Path

from consoles.drivers.scripted.guest import Guest

LONGEST = 16


class Outside:
    def __init__(self, folder: Path, guest: Guest) -> None:
        self._path = folder / f"{guest.name}.sock"
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sock.setblocking(False)
        self._acts = {b"reset": guest.on_reset, b"nmi": guest.on_nmi}
        self._loop = asyncio.get_running_loop()

    def open(self) -> None:
        """Where the folder's path is too long for a socket the guest plays on alone."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._sock.bind(str(self._path))
            self._loop.add_reader(self._sock.fileno(), self._heard)

    def close(self) -> None:
        self._loop.remove_reader(self._sock.fileno())
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._sock.close()

    def _heard(self) -> None:
        with contextlib.suppress(BlockingIOError):
            act = self._acts.get(self._sock.recv(LONGEST))
            if act:
                act()
