"""Nobody waits longer for a store than for its turn, however slowly it drips. In: seconds, and what is asked meanwhile. Out: its answer, or TurnOver.

The alarm of the job it is part of goes on afterwards. For the main thread, where jobs run.
"""

import signal
import time
from types import FrameType

from rq.timeouts import JobTimeoutException

SOON = 0.001  # no time at all would turn an alarm off
AGAIN = 1.0  # seconds


class TurnOver(JobTimeoutException):
    """Passes as a worker's alarm does: it says nothing about the store."""


def limited(seconds: float) -> "_Turn":
    return _Turn(seconds)


class _Turn:
    """Its alarm comes again until the block is left: where nobody hears an exception, as in a finalizer, Python throws it away."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def __enter__(self) -> None:
        self._began, (self._left, self._every) = time.monotonic(), signal.setitimer(signal.ITIMER_REAL, 0)
        self._before = signal.signal(signal.SIGALRM, self._over)
        signal.setitimer(signal.ITIMER_REAL, max(self._seconds, SOON), AGAIN)

    def __exit__(self, *_raised: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self._before)
        if self._left:
            left = max(self._left - (time.monotonic() - self._began), SOON)
            signal.setitimer(signal.ITIMER_REAL, left, self._every)

    def _over(self, _number: int, frame: FrameType | None) -> None:
        """Not while it is set or taken off: then nobody would take it off any more."""
        if frame is None or frame.f_code not in (_Turn.__enter__.__code__, _Turn.__exit__.__code__):
            raise TurnOver
