"""Guests for tests and measurements. Out: what was typed, or numbered lines of one length, so that a missing byte shows."""

import asyncio
from itertools import count

from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.options import Options

TEXT = b"%012d the quick brown fox jumps over the lazy dog 0123456789 ABCDE\r\n"
LINE = len(TEXT % 0)


class Echo(Guest):
    """Gives back at once what it is given."""

    RATE = 0.0

    async def run(self) -> None:
        while True:
            await self.port.send(await self.port.data())


class Sequence(Guest):
    """Short numbered lines, a hundred a second at speed 1."""

    async def run(self) -> None:
        for number in count():
            await self.print(f"{number:012d}\n")
            await self.port.pause(0.01 / (self.options.speed or 1))


class Flood(Guest):
    """Numbered lines as fast as they are taken; with `chunk`, in writes of so many bytes at the pace of `rate`."""

    RATE = 0.0

    @classmethod
    def rate_of(cls, options: Options) -> float:
        return 0.0 if options.chunk else super().rate_of(options)

    async def run(self) -> None:
        if self.options.chunk:
            await self._in_chunks(self.options.chunk, self.options.rate or 0.0)
        lines = 32 * 1024 // LINE
        block = TEXT * lines
        for first in count(step=lines):
            await self.port.send(block % tuple(range(first, first + lines)))

    async def _in_chunks(self, size: int, rate: float) -> None:
        clock = asyncio.get_running_loop().time
        rest, number, due = b"", 0, clock()
        while True:
            while len(rest) < size:
                rest += TEXT % number
                number += 1
            await self.port.send(rest[:size])
            rest, due = rest[size:], due + size / rate if rate else 0.0
            if due > clock():
                await self.port.pause(due - clock())
