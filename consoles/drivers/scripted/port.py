"""The guest's end of a line. In: bytes from the socket pair, and what happens to the machine. Out: bytes, as fast as they are taken.

Everything a script waits for, it waits for here, so that whatever happens to the machine is raised where the script stands.
"""

import asyncio
import socket
from collections.abc import Callable

TYPED = 4096  # what a terminal driver keeps before it stops taking
PIECE = 32 * 1024
TICK = 0.02


class Happening(Exception):
    """Something happens to the machine while its script waits."""


class Gone(Exception):
    """The other end of the line was closed."""


class Port:
    def __init__(self, sock: socket.socket, rate: float) -> None:
        self._sock, self._rate = sock, rate
        self._loop = asyncio.get_running_loop()
        self._typed, self._out = bytearray(), bytearray()
        self._room = PIECE if not rate else max(256, int(rate / 10))
        self._budget, self._counted = rate * TICK, self.clock()
        self._stirred = asyncio.Event()
        self._happening: Exception | None = None
        self._reading = self._waiting = self._held = False
        self._timer: asyncio.TimerHandle | None = None
        self.arriving: Callable[[bytes], bytes] = lambda data: data
        self._read()

    def clock(self) -> float:
        return self._loop.time()

    def happens(self, what: Happening) -> None:
        self._happening = what
        self._stirred.set()

    def forget(self, kind: type[Happening]) -> None:
        """It happened too late to matter."""
        if isinstance(self._happening, kind):
            self._happening = None

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._stop_reading()
        self._loop.remove_writer(self._sock.fileno())
        self._sock.close()

    # what comes in

    def take_in(self) -> None:
        """Reads what has been written to the line so far, if there is room for it."""
        if not self._reading:
            return
        try:
            data = self._sock.recv(TYPED)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        self._typed += self.arriving(data)
        if len(self._typed) >= TYPED:
            self._stop_reading()
        self._stirred.set()

    async def char(self, seconds: float | None = None) -> str:
        """The next character typed; "" when none came in time."""
        if not await self._typed_within(1, seconds):
            return ""
        length = _length(self._typed[0])
        if length > 1 and not await self._typed_within(length, 0.05):
            length = 1
        return self._taken(length).decode(errors="replace")

    async def data(self) -> bytes:
        await self._typed_within(1, None)
        return self._taken(len(self._typed))

    def has(self, byte: bytes) -> bool:
        return byte in self._typed

    def drop_typed(self, through: bytes = b"") -> None:
        end = self._typed.find(through) + len(through) if through else len(self._typed)
        self._taken(end)

    def unread(self, data: bytes) -> None:
        self._typed[:0] = data

    async def _typed_within(self, count: int, seconds: float | None) -> bool:
        end = None if seconds is None else self.clock() + seconds
        while len(self._typed) < count:
            if not await self._stir(end):
                return False
        return True

    def _taken(self, length: int) -> bytes:
        data = bytes(self._typed[:length])
        del self._typed[:length]
        if len(self._typed) < TYPED:
            self._read()
        return data

    def _read(self) -> None:
        if not self._reading and not isinstance(self._happening, Gone):
            self._loop.add_reader(self._sock.fileno(), self.take_in)
            self._reading = True

    def _stop_reading(self) -> None:
        if self._reading:
            self._loop.remove_reader(self._sock.fileno())
            self._reading = False

    def _lost(self) -> None:
        self._stop_reading()
        self._happening = Gone()
        self._stirred.set()

    # what goes out

    async def send(self, data: bytes) -> None:
        for start in range(0, len(data), self._room):
            while len(self._out) >= self._room:
                await self._stir(None)
            self.put(data[start : start + self._room])
        self._raise()

    def put(self, data: bytes) -> None:
        """Without waiting; what finds no room is lost, as a kernel's own messages are."""
        self._out += data[: 2 * self._room - len(self._out)]
        self._drain()

    def hold(self, held: bool) -> None:
        """Stops the output, as Ctrl-S does, or lets it go on."""
        self._held = held
        self._drain()

    def drop_output(self) -> None:
        self._out.clear()

    def _drain(self) -> None:
        if self._waiting or self._timer or self._held or not self._out:
            return
        allowed = self._allowed()
        try:
            sent = self._sock.send(self._out[:allowed]) if allowed else 0
        except BlockingIOError:
            self._loop.add_writer(self._sock.fileno(), self._writable)
            self._waiting = True
            return
        except OSError:
            self._lost()
            return
        self._sent(sent)

    def _sent(self, count: int) -> None:
        del self._out[:count]
        self._budget -= count
        if self._out:
            self._timer = self._loop.call_later(TICK if self._rate else 0, self._tick)
        self._stirred.set()

    def _allowed(self) -> int:
        if not self._rate:
            return PIECE
        now = self.clock()
        self._budget = min(
            self._budget + (now - self._counted) * self._rate, max(16.0, self._rate * 2 * TICK)
        )
        self._counted = now
        return max(0, int(self._budget))

    def _writable(self) -> None:
        self._loop.remove_writer(self._sock.fileno())
        self._waiting = False
        self._drain()

    def _tick(self) -> None:
        self._timer = None
        self._drain()

    # waiting

    async def pause(self, seconds: float | None) -> None:
        end = None if seconds is None else self.clock() + seconds
        while await self._stir(end):
            pass

    async def _stir(self, end: float | None) -> bool:
        """Until something moves, or the time is over: then False."""
        self._raise()
        self._stirred.clear()
        try:
            async with asyncio.timeout_at(end):
                await self._stirred.wait()
        except TimeoutError:
            return False
        self._raise()
        return True

    def _raise(self) -> None:
        what = self._happening
        if what is None:
            return
        if not isinstance(what, Gone):
            self._happening = None
        raise what


def _length(lead: int) -> int:
    """How many bytes a character takes, by its first."""
    for limit, length in ((0xC2, 1), (0xE0, 2), (0xF0, 3), (0xF5, 4)):
        if lead < limit:
            return length
    return 1
