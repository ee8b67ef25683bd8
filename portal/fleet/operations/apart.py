"""Runs a driver's coroutines on a loop in a thread of its own. In: a coroutine and the seconds it has. Out: its result, or Failed when they are over.

A driver that hangs is left behind in its thread, even one that blocks: whoever waits here goes on in time.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from threading import Event, Thread
from typing import Any, TypeVar

from portal.machines.base import SILENT, Failed

T = TypeVar("T")
BEAT = 5.0
GOODBYE = 1.0  # seconds for what was cancelled to let go of its sockets


class Apart:
    """`beat` is called every few seconds while somebody waits here: it tells that they still do."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="act", daemon=True)
        self._blocked = False

    def __enter__(self) -> "Apart":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """A thread that is blocked ends with the process."""
        if self._blocked:
            return
        asyncio.run_coroutine_threadsafe(_clear(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        if self._blocked:
            coroutine.close()
            raise Failed(SILENT)
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        if self._ends(future, time.monotonic() + seconds):
            return future.result()
        future.cancel()
        self._blocked = not self._turns()
        raise Failed(SILENT)

    def _ends(self, future: "Future[T]", until: float) -> bool:
        while (left := until - time.monotonic()) > 0:
            if wait([future], min(BEAT, left)).done:
                return True
            self._beat()
        return future.done()

    def _turns(self) -> bool:
        turned = Event()
        self._loop.call_soon_threadsafe(turned.set)
        return turned.wait(GOODBYE)


async def _clear() -> None:
    """Everything but itself ends, or is left."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    if others:
        await asyncio.wait(others, timeout=GOODBYE)
