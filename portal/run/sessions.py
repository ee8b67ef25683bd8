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
    return {pid for pid in psutil.pids() if _session(pid) in wanted and _alive(pid)}


def end(leaders: Iterable[int], grace: float) -> None:
    """Asks the leaders to stop, asks again halfway (a worker then leaves its job), and kills what is left."""
    leaders = set(leaders)
    start = time.monotonic()
    _ask(leaders)
    asked_again = False
    while (left := members(leaders)) and (waited := time.monotonic() - start) < grace:
        if not asked_again and waited > grace / 2:
            _ask(leaders)
            asked_again = True
        time.sleep(PAUSE)
    _signal(left, signal.SIGKILL)


def kill(leaders: Iterable[int]) -> None:
    _signal(members(leaders), signal.SIGKILL)


def _ask(leaders: set[int]) -> None:
    """Only leaders are asked, they know how to stop what they started; members without a leader are all asked."""
    present = members(leaders)
    orphans = {pid for pid in present if _session(pid) not in present}
    _signal(present & leaders | orphans, signal.SIGTERM)


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


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
