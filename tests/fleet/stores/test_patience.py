"""Who is asked has as long as is said, whatever it does meanwhile; the alarm of the job it is part of goes on."""

import signal
import socket
import threading
from collections.abc import Iterator

import pytest

from portal.fleet.stores import patience
from portal.fleet.stores.patience import TurnOver, limited
from tests.fleet.stores.buckets import Handler, answering, store

LATER = 50.0


@pytest.fixture
def alarm() -> Iterator[list[int]]:
    """A job's, much later."""
    came: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _frame: came.append(number))
    signal.setitimer(signal.ITIMER_REAL, LATER)
    yield came
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("seconds", [0.05, 0.0, -1.0])
def test_it_ends_what_never_ends(seconds: float, alarm: list[int]) -> None:
    one, other = socket.socketpair()
    with one, other, pytest.raises(TurnOver), limited(seconds):
        one.recv(1)
    left, _every = signal.getitimer(signal.ITIMER_REAL)
    assert LATER - 5 < left <= LATER
    signal.raise_signal(signal.SIGALRM)
    assert alarm == [signal.SIGALRM]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_it_ends_also_where_python_threw_its_end_away(
    alarm: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "AGAIN", 0.05)
    one, other = socket.socketpair()
    one.settimeout(20)

    class Deaf:
        def __del__(self) -> None:
            one.recv(1)

    with one, other, pytest.raises(TurnOver), limited(0.05):
        Deaf()
        one.recv(1)
    assert signal.getitimer(signal.ITIMER_REAL)[1] == 0
    assert alarm == []


def test_what_is_in_time_is_left_alone_and_so_is_what_comes_after(alarm: list[int]) -> None:
    with limited(LATER * 2):
        pass
    assert signal.getitimer(signal.ITIMER_REAL)[0] <= LATER
    signal.setitimer(signal.ITIMER_REAL, 0)
    with limited(LATER):
        pass
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0


def test_a_bucket_that_says_nothing_has_no_more_than_that() -> None:
    over = threading.Event()

    def silent(handler: Handler) -> None:
        over.wait(10)
        handler.close_connection = True

    with answering(silent) as (endpoint, _heads):
        try:
            with pytest.raises(TurnOver), limited(0.3):
                store(endpoint).get("logs/a", 10)
        finally:
            over.set()
