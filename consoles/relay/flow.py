"""Where a session is in the log. In: what is sent to its browser. Out: how much that was, and where a new attach goes on.

How far a browser may be behind is the hub's matter (hub/window.py).
"""

from consoles.wire import OFFSETS, U64, Op

HEAD = U64.size


class Flow:
    """`first` is where it began, `live` where the log ended then; `next` is the offset of the first byte that was not sent yet; None until the hub has said where output starts."""

    def __init__(self) -> None:
        self.first: int | None = None
        self.live: int | None = None
        self.next: int | None = None
        self.bytes_out = 0

    def starts(self, offset: int, live: int) -> None:
        """At an attach, the first or a later one."""
        if self.first is None:
            self.first, self.live = offset, live
        self.next = offset

    def sent(self, op: int, payload: bytes) -> None:
        if op == Op.OUTPUT:
            size = len(payload) - HEAD
            self.bytes_out += size
            self.next = U64.unpack_from(payload)[0] + size
        elif op in (Op.GAP, Op.SKIP):
            self.next = OFFSETS.unpack(payload)[1]
