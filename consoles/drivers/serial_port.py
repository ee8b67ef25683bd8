"""Lines behind a serial device of this machine. In: /dev/… with ?baud=&parity=&bits=&stop=&flow=. Out: the device's own descriptor."""

import asyncio
import errno
import fcntl
import os
import stat
import struct
import termios
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult

import serial

from consoles.drivers.apart import apart
from consoles.drivers.base import Abilities, Endpoint, Host
from consoles.drivers.troubles import from_error
from consoles.drivers.urls import parameters, path, split

BAUD = 115200
HANG_UP = 0.5  # seconds without DTR
PTYS = range(136, 144)  # major numbers: a terminal without a wire, so without break and modem lines


class Port(serial.Serial):
    """pySerial's, except that opening throws nothing away that the line has printed."""

    def _reset_input_buffer(self) -> None:
        pass


class Device(Endpoint):
    def __init__(self, port: Port) -> None:
        super().__init__(port.fileno())
        self._port = port
        if os.major(os.fstat(self.fd).st_rdev) not in PTYS:
            self.can = Abilities(breaks=True, modem=_has_modem_lines(self.fd), rate=port.baudrate // 10)

    async def send_break(self, seconds: float) -> None:
        self._port.break_condition = True
        try:
            await asyncio.sleep(seconds)
        finally:
            self._port.break_condition = False

    async def hang_up(self) -> None:
        self._port.dtr = False
        try:
            await asyncio.sleep(HANG_UP)
        finally:
            self._port.dtr = True

    def close(self) -> None:
        if not self._port.is_open:
            return
        with suppress(termios.error):  # the device may be gone
            # a peer that holds flow control back would hold back close() too, for half a minute
            termios.tcflush(self.fd, termios.TCOFLUSH)
        self._port.close()


async def open_device(url: str, host: Host) -> Endpoint:
    parts, _ = split(url)
    try:
        return await apart(lambda: _open(path(parts), settings(parts)), undo=Device.close)
    except (OSError, termios.error, ValueError) as error:
        raise from_error(error) from error


def settings(parts: SplitResult) -> dict[str, Any]:
    """As pySerial names them."""
    given = dict(parameters(parts))
    flow = given.get("flow", "none")
    return {
        "baudrate": int(given.get("baud", BAUD)),
        "parity": given.get("parity", "N"),
        "bytesize": int(given.get("bits", 8)),
        "stopbits": float(given.get("stop", 1)),
        "rtscts": flow == "rtscts",
        "xonxoff": flow == "xonxoff",
    }


def _open(device: str, chosen: dict[str, Any]) -> Device:
    if not stat.S_ISCHR(os.stat(device).st_mode):
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
    port = Port(device, exclusive=True, **chosen)
    try:
        _leave_to_the_loop(port.fileno())
        return Device(port)
    except BaseException:
        port.close()
        raise


def _leave_to_the_loop(fd: int) -> None:
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN] = 1  # nothing to read is EAGAIN, so that b"" means gone
    attributes[0] &= ~termios.BRKINT  # a break from the other side must not flush what was printed before it
    attributes[2] &= ~termios.HUPCL  # a restart of the hub logs nobody out
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


def _has_modem_lines(fd: int) -> bool:
    try:
        fcntl.ioctl(fd, termios.TIOCMGET, struct.pack("I", 0))
    except OSError:
        return False
    return True
