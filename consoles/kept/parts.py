"""What a log is to those who make something of it. In: nothing. Out: names that `log.py` fills, and tests fill with bytes in memory."""

from typing import NamedTuple, Protocol

PIECE = 256 * 1024
PAIRS = 16 * 1024


class Part(NamedTuple):
    """What there is at or after the offset that was asked for: where it begins there, the bytes up to there are gone."""

    offset: int
    data: bytes


class Bytes(Protocol):
    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...

    def read(self, offset: int, length: int = PIECE) -> Part: ...


class Timed(Bytes, Protocol):
    def times(self, start: int, end: int) -> list[tuple[int, int]]: ...

    def when(self, offset: int) -> int | None: ...

    def since(self, ms: int) -> int: ...
