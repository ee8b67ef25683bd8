"""Ports without a descriptor of their own: threads carry their bytes over a socket pair. In: a pySerial port. Out: the pair's near end."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from serial import SerialException, serial_for_url

from consoles.drivers.base import Endpoint, Host

PIECE = 4096
IN_FLIGHT = 4096  # of what was typed, between the hub and the port


class Threaded(Endpoint):
    """What the port prints goes into `far`, by a thread of the port's own; what comes out of it is written to the port here."""

    def __init__(self, port: Any, near: socket.socket, far: socket.socket) -> None:
        near.setblocking(False)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_FLIGHT)
        super().__init__(near.fileno())
        self._port, self._near, self._far = port, near, far
        self._closed = False
        self._writer = start(self._write, "driver-writer")

    def _write(self) -> None:
        try:
            while data := self._far.recv(PIECE):
                self._port.write(data)
        except OSError:  # pySerial's errors are among these
            pass
        finally:
            hang_up(self._far)

    def close(self) -> None:
        """The port may take its time to close, so nobody waits for it."""
        if self._closed:
            return
        self._closed = True
        hang_up(self._far)
        self._near.close()
        start(self._end, "driver-closer")

    def _end(self) -> None:
        self._wake()
        self._writer.join()
        self._port.close()
        self._far.close()

    def _wake(self) -> None:
        """Ends a write that its peer does not take."""


def start(run: Callable[[], object], name: str) -> threading.Thread:
    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    return thread


def hang_up(sock: socket.socket) -> None:
    """Wakes whoever waits on either end."""
    with suppress(OSError):  # it may be closed already
        sock.shutdown(socket.SHUT_RDWR)


async def open_loop(url: str, host: Host) -> Endpoint:
    """What is typed comes back."""
    port = serial_for_url("loop://", timeout=None)
    near, far = socket.socketpair()

    def read() -> None:
        with suppress(SerialException):
            while data := port.read(1):
                data += port.read(port.in_waiting)
                with suppress(OSError):  # the hub has gone: the writer must still get rid of what it holds
                    far.sendall(data)

    start(read, "driver-loop")
    return Threaded(port, near, far)
