"""How far a browser is behind. In: what is sent to it, and what it says it has drawn. Out: whether there is room for more, and where a new attach goes on.

Counted is output alone, in offsets. What was passed over (GAP, SKIP) needs no drawing, and takes no room.
"""

import asyncio

from consoles.wire import OFFSETS, U64, WINDOW, Op

HEAD = U64.size


class Flow:
    """`next` is the offset of the first byte that was not sent yet; None until the hub has said where output starts."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.next: int | None = None
        self.bytes_out = 0
        self._drawn = 0
        self._room = asyncio.Event()
        self._room.set()

    def starts(self, offset: int) -> None:
        """At an attach, the first or a later one; what is on its way to the browser then still is."""
        if self.first is None:
            self.first = self.next = self._drawn = offset
        else:
            self._jump(offset)

    def sent(self, op: int, payload: bytes) -> None:
        if op == Op.OUTPUT:
            size = len(payload) - HEAD
            self.bytes_out += size
            self.next = U64.unpack_from(payload)[0] + size
            if self.next - self._drawn > WINDOW:
                self._room.clear()
        elif op in (Op.GAP, Op.SKIP):
            self._jump(OFFSETS.unpack(payload)[1])

    def _jump(self, to: int) -> None:
        self._drawn = to - ((self.next or 0) - self._drawn)
        self.next = to

    def drew(self, offset: int) -> None:
        """A browser that says it has drawn what it was never sent is believed up to what it was."""
        if self.next is None:
            return
        self._drawn = max(self._drawn, min(offset, self.next))
        if self.next - self._drawn <= WINDOW:
            self._room.set()

    @property
    def full(self) -> bool:
        return not self._room.is_set()

    async def room(self) -> None:
        await self._room.wait()
