"""Nobody waits longer for a store than for its turn, however slowly it drips. In: seconds, and what is asked meanwhile. Out: its answer, or TurnOver.

The alarm of the job it is part of goes on afterwards. For the main thread, where jobs run.
"""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rq.timeouts import JobTimeoutException

SOON = 0.001  # no time at all would turn an alarm off


class TurnOver(JobTimeoutException):
    """Passes as a worker's alarm does: it says nothing about the store."""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    before = signal.signal(signal.SIGALRM, _over)
    began, (left, _every) = time.monotonic(), signal.setitimer(signal.ITIMER_REAL, max(seconds, SOON))
    try:
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), SOON))


def _over(_number: int, _frame: FrameType | None) -> None:
    raise TurnOver
