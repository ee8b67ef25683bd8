"""Runs what may block in a thread of its own, so that neither the loop nor the process's end ever waits for a dead device or name server."""

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


async def apart(work: Callable[[], T], undo: Callable[[T], object] | None = None) -> T:
    """The result of `work`. Where nobody waits for it any more, `undo` is given what came too late."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(outcome: Callable[[], T]) -> None:
        if done.cancelled():
            _discard(outcome, undo)
        else:
            _settle(done, outcome)

    def run() -> None:
        outcome = _outcome(work)
        try:
            loop.call_soon_threadsafe(settle, outcome)
        except RuntimeError:  # the loop has ended
            _discard(outcome, undo)

    threading.Thread(target=run, name="driver", daemon=True).start()
    try:
        return await done
    except asyncio.CancelledError:
        if done.done() and not done.cancelled():
            _discard(done.result, undo)
        raise


def _outcome(work: Callable[[], T]) -> Callable[[], T]:
    try:
        value = work()
    except Exception as error:  # whatever it is, it belongs to the one who waits
        failure = error

        def fail() -> T:
            raise failure

        return fail
    return lambda: value


def _settle(done: asyncio.Future[T], outcome: Callable[[], T]) -> None:
    try:
        done.set_result(outcome())
    except Exception as error:
        done.set_exception(error)


def _discard(outcome: Callable[[], T], undo: Callable[[T], object] | None) -> None:
    def run() -> None:
        try:
            value = outcome()
        except Exception:  # it failed, and nobody asks any more
            return
        if undo:
            undo(value)

    threading.Thread(target=run, name="driver-undo", daemon=True).start()
