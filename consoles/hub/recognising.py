"""Recognises trouble and prompts in what one line prints. In: its log, whenever some more was printed. Out: what was seen, and where it begins.

Bounded: of much that was printed at once only the end is looked at, of a word that mostly means nothing only the last few places.
"""

import re
from collections import deque
from typing import NamedTuple

from consoles.hub.signs import PROMPT, PROMPTS, SIGNS, STAMPED, Sign
from consoles.record.spool import Spool

MOST = 64 * 1024  # bytes at a time
BACK = 512  # of them looked at before: a sign may have been half printed
BEFORE = 160  # from the start of a sign's line to its word
AROUND = 32
TIP = 96
TRIES = 8
SAME = 10.0  # seconds: the same once more is no news
MOST_TOLD, WITHIN = 10, 60.0  # of one line: whoever prints nothing but trouble is not listened to
REMEMBERED = 32


class Seen(NamedTuple):
    kind: str
    offset: int
    text: bytes


class Recogniser:
    def __init__(self, spool: Spool) -> None:
        self._spool, self._to = spool, spool.end
        self._before = spool.end - 1  # what was printed by then was told, or nobody was there to see it
        self._offsets: dict[str, int] = {}
        self._last = ("", 0.0)
        self._times: deque[float] = deque([float("-inf")] * MOST_TOLD, MOST_TOLD)
        self._stamped: deque[bytes] = deque(maxlen=REMEMBERED)

    def look(self, now: float) -> list[Seen]:
        start, data, _gone = self._spool.read(max(self._to - BACK, self._spool.end - MOST, 0), MOST)
        self._to = self._spool.end
        found = [one for sign in SIGNS if sign.word in data for one in _found(sign, start, data)]
        found += _prompt(start, data)
        return [one for one in sorted(found, key=_by_offset) if self._is_news(one, now)]

    def _is_news(self, seen: Seen, now: float) -> bool:
        if seen.offset <= self._offsets.get(seen.kind, self._before):
            return False
        self._offsets[seen.kind] = seen.offset
        kind, at = self._last
        again = seen.kind == kind and now - at < SAME
        if again or now - self._times[0] < WITHIN or self._is_read_again(seen):
            return False
        self._last = (seen.kind, now)
        self._times.append(now)
        return True

    def _is_read_again(self, seen: Seen) -> bool:
        """An oops with the time of one before it: somebody looks at the kernel's messages."""
        if seen.kind != "oops" or not STAMPED.match(seen.text):
            return False
        known = seen.text in self._stamped
        self._stamped.append(seen.text)
        return known


def _found(sign: Sign, start: int, data: bytes) -> list[Seen]:
    found = []
    at = len(data)
    for _ in range(TRIES):
        at = data.rfind(sign.word, 0, at)
        if at < 0:
            break
        sense = _sense(sign, start, data, at)
        if sense is not None:
            found.append(Seen(sign.kind, start + sense.start(), sense[0]))
    return found


def _sense(sign: Sign, start: int, data: bytes, at: int) -> re.Match[bytes] | None:
    if not sign.begins_a_line:
        return sign.pattern.search(data, max(at - AROUND, 0), at + AROUND)
    first = max(at - BEFORE, 0)
    begin = max(data.rfind(b"\n", first, at), data.rfind(b"\r", first, at)) + 1
    return sign.pattern.match(data, begin) if begin or not start else None


def _prompt(start: int, data: bytes) -> list[Seen]:
    tip = data[-TIP:]
    if not any(prompt in tip for prompt in PROMPTS):
        return []
    prompt = PROMPT.search(tip)
    if prompt is None:
        return []
    kind = str(prompt.lastgroup)
    return [Seen(kind, start + len(data) - len(tip) + prompt.start(kind), prompt[0])]


def _by_offset(seen: Seen) -> int:
    return seen.offset
