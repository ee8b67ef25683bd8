"""What a browser may say. In: one message of its socket. Out: an opcode and its payload, of a size that makes sense; else BadFrame."""

from collections.abc import Mapping
from typing import Any

from consoles.wire import FROM_BROWSER, MAX_KEYS, Op, unpacked

NAMES = 200  # of JSON
SIZES: dict[int, tuple[int, int]] = {
    Op.KEYS: (1, MAX_KEYS),
    Op.ACK: (8, 8),
    Op.BREAK: (2, 2),
    Op.TAKE: (2, NAMES),
    Op.RELEASE: (0, 0),
    Op.HAND: (2, NAMES),
    Op.ASK: (0, 0),
    Op.PING: (4, 4),
    Op.RESIZE: (4, 4),
    Op.STAY: (0, 0),
}
assert SIZES.keys() == FROM_BROWSER  # noqa: S101  a new opcode needs its sizes
NOTHING = (1, 0)
# in a second; each is answered, some to everybody attached, and a browser need not read the answers
OFTEN = {Op.PING: 100, Op.TAKE: 5, Op.HAND: 5, Op.RELEASE: 5, Op.BREAK: 5, Op.ASK: 1}
SELDOM = 20
FLOOD = 5000  # frames in a second, of whatever kind: no page says so many


class BadFrame(Exception):
    pass


def said(message: Mapping[str, Any]) -> tuple[int, bytes]:
    data = message.get("bytes") or b""
    op = data[0] if data else 0
    least, most = SIZES.get(op, NOTHING)
    if not least <= len(data) - 1 <= most:
        raise BadFrame(f"opcode {op}, {len(data)} bytes")
    payload = data[1:]
    if op in (Op.TAKE, Op.HAND):
        _check_names(op, payload)
    return op, payload


def _check_names(op: int, payload: bytes) -> None:
    """`from` may be nobody, `to` is always somebody."""
    try:
        found = unpacked(payload)
    except (ValueError, RecursionError) as error:
        raise BadFrame("no JSON object") from error
    name = found.get("from" if op == Op.TAKE else "to", 0)
    if not isinstance(name, str) and not (name is None and op == Op.TAKE):
        raise BadFrame("names nobody")


class Pace:
    """What comes more often than people do it is thrown away; a flood ends the session."""

    def __init__(self) -> None:
        self._since = 0.0
        self._all = 0
        self._counts: dict[int, int] = {}

    def came(self, now: float) -> None:
        """One more frame. Raises BadFrame when there are too many to read them all and serve others, too."""
        if now - self._since >= 1:
            self._since, self._all, self._counts = now, 0, {}
        self._all += 1
        if self._all > FLOOD:
            raise BadFrame("a flood")

    def allows(self, op: int) -> bool:
        count = self._counts[op] = self._counts.get(op, 0) + 1
        return count <= OFTEN.get(Op(op), SELDOM)
