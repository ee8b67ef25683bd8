"""A unix socket that is a QEMU's serial port, with a monitor beside it. In: ?qmp=<its monitor's socket>&chardev=<id>. Out: a line that can break.

Bytes and breaks go by two ways. QEMU reads the one while it does the other, so each waits until the guest has what came before it.
"""

import asyncio
import fcntl
import socket
import struct
import termios

from qemu.qmp import ExecuteError, QMPClient, QMPError

from consoles.drivers.base import FAILED, TIMEOUT, UNREACHABLE, Abilities, Trouble
from consoles.drivers.stream import Stream

CHARDEV = "serial0"
PATIENCE = 3.0
LOOK = 0.005
COUNT = struct.Struct("i")


class QemuLine(Stream):
    can = Abilities(breaks=True)
    # a guest's kernel, early in its boot, waits about a millisecond for a full socket, then drops what it prints
    rest = 0.001

    def __init__(self, sock: socket.socket, monitor: str, chardev: str) -> None:
        super().__init__(sock)
        self._monitor, self._chardev = monitor, chardev
        self._asked = False

    async def send_break(self, seconds: float) -> None:
        """QEMU knows no length of a break. A line that takes nothing has none: a key from before it would be taken for the one after."""
        self._asked = False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._until_taken()
                await self._ask_monitor()
        except TimeoutError:
            raise Trouble(TIMEOUT, f"no answer within {PATIENCE:g} seconds", begun=self._asked) from None
        except ExecuteError as error:
            raise Trouble(FAILED, str(error)) from error
        except (QMPError, EOFError, OSError) as error:
            raise Trouble(UNREACHABLE, str(error), begun=self._asked) from error

    async def _until_taken(self) -> None:
        while self._not_read():
            await asyncio.sleep(LOOK)

    def _not_read(self) -> int:
        """What waits in the socket, as the kernel counts it."""
        return int(COUNT.unpack(fcntl.ioctl(self.fd, termios.TIOCOUTQ, bytes(COUNT.size)))[0])

    async def _ask_monitor(self) -> None:
        """A connection as short as it can be: a monitor serves one at a time."""
        monitor = QMPClient("homeport")
        try:
            await monitor.connect(self._monitor)
            self._asked = True
            await monitor.execute("chardev-send-break", {"id": self._chardev})
        finally:
            await monitor.disconnect()
