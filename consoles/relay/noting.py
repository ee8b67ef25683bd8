"""What a session does that the records keep, beside its bytes. In: how it came to the keyboard, what the hub says of its BREAKs. Out: entries.

Each is written beside the bytes, which wait for no database, and after the one before; its time is when it happened.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.utils import timezone

from consoles.admission.answers import Admitted
from consoles.relay.insisting import insisted
from consoles.relay.seat import Came
from consoles.services import SENT, UNANSWERED, note_breaks, note_takeover

TOGETHER = 5.0  # seconds, of which BREAKs are one entry
SECOND = 1000
NOT_SENT = ("no_break", "refused_break")


class Noting:
    """A BREAK is noted when the hub says that it was sent; where nobody is left to hear that, that it was passed on."""

    def __init__(self, admitted: Admitted) -> None:
        self._about = {"by": admitted.principal, "session": admitted.session}
        self._tasks: list[asyncio.Task[None]] = []
        self._turn = asyncio.Lock()
        self._unanswered = 0
        self._sent, self._first_ms = 0, 0
        self._timer: asyncio.TimerHandle | None = None

    def came(self, came: Came) -> None:
        self._note(partial(note_takeover, at=timezone.now(), how=came.how, lost_by=came.lost_by))

    def passed_on_break(self) -> None:
        """The hub answers each with one notice."""
        self._unanswered += 1

    def noticed(self, kind: str, at_ms: int) -> None:
        if kind == "break":
            self._first_ms = self._first_ms if self._sent else at_ms
            self._sent += 1
            if self._timer is None:
                self._write_sent()
        elif kind == "unknown_break":
            self._note_breaks(1, at_ms, UNANSWERED)
        elif kind not in NOT_SENT:
            return
        self._unanswered -= 1

    def lost_hub(self) -> None:
        """What it did last it cannot say any more."""
        count, self._unanswered = self._unanswered, 0
        if count:
            self._note_breaks(count, int(time.time() * SECOND), UNANSWERED)

    async def settled(self) -> list[BaseException]:
        """Whatever could not be written."""
        if self._timer is not None:
            self._timer.cancel()
            self._write_sent(last=True)
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        return [one for one in ended if one is not None]

    def _write_sent(self, *, last: bool = False) -> None:
        """The first at once, and those of the next seconds together."""
        count, self._sent, self._timer = self._sent, 0, None
        if count:
            self._note_breaks(count, self._first_ms, SENT)
        if count and not last:
            self._timer = asyncio.get_running_loop().call_later(TOGETHER, self._write_sent)

    def _note_breaks(self, count: int, at_ms: int, how: str) -> None:
        at = datetime.fromtimestamp(at_ms / SECOND, UTC)
        self._note(partial(note_breaks, count=count, at=at, how=how))

    def _note(self, write: Callable[..., Any]) -> None:
        self._tasks = [one for one in self._tasks if not one.done() or one.exception()]
        self._tasks.append(asyncio.create_task(self._write(write, time.monotonic())))

    async def _write(self, write: Callable[..., Any], since: float) -> None:
        async with self._turn:
            await insisted(partial(write, **self._about), since=since)
