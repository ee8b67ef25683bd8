"""Pieces of logs that were fetched and unpacked a moment ago. In: which one, and how to get it. Out: the piece; the oldest of them make room.

One for the whole process: a page that scrolls, searches and plays the same log asks for the same few pieces.
"""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from consoles.record.packed import Packed

MOST = 64 * 1024 * 1024  # bytes of log; an index weighs a fraction of that

Key = tuple[int, str]


class Unpacked:
    def __init__(self, most: int = MOST) -> None:
        self._most, self._weight = most, 0
        self._pieces: OrderedDict[Key, Packed] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key, fetch: Callable[[], Packed | None]) -> Packed | None:
        """What could not be had is asked for again the next time."""
        with self._lock:
            if key in self._pieces:
                self._pieces.move_to_end(key)
                return self._pieces[key]
        piece = fetch()
        if piece is not None:
            self._keep(key, piece)
        return piece

    def _keep(self, key: Key, piece: Packed) -> None:
        with self._lock:
            if key not in self._pieces:
                self._pieces[key] = piece
                self._weight += piece.size
            while self._weight > self._most and len(self._pieces) > 1:
                self._weight -= self._pieces.popitem(last=False)[1].size


UNPACKED = Unpacked()
