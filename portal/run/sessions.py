"""Ends processes with all that they started: each child leads a session of its own, and its descendants stay in it."""

import os
import signal
import time
from collections.abc import Iterable

import psutil

PAUSE = 0.05


def members(leaders: Iterable[int]) -> set[int]:
    """Living processes of these sessions, also when their leader is gone."""
    wanted = set(leaders)
    return {pid for pid in psutil.pids() if _session(pid) in wanted and alive(pid)}


def end(leaders: Iterable[int], grace: float) -> None:
    """Asks them to stop, asks again halfway (a worker then leaves its job), and kills what is left.

    A leader is asked first, since it knows how to stop what it started; its members once it is gone.
    """
    leaders = set(leaders)
    now = time.monotonic()
    halfway, deadline = now + grace / 2, now + grace
    asked: set[int] = set()
    while (left := members(leaders)) and now < deadline:
        to_ask = {pid for pid in left if pid in leaders or _session(pid) not in left}
        _signal(to_ask - asked, signal.SIGTERM)
        asked |= to_ask
        time.sleep(PAUSE)
        now = time.monotonic()
        if now > halfway:
            asked, halfway = set(), deadline
    _signal(left, signal.SIGKILL)


def kill(leaders: Iterable[int]) -> None:
    _signal(members(leaders), signal.SIGKILL)


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def _session(pid: int) -> int:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):
        return 0


def alive(pid: int) -> bool:
    """One that ended and waits for its parent to notice is not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
