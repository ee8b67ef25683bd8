"""Several tasks of one session, none of which outlives another. In: what they do. Out: what the first of them ended with, once all have.

Not a TaskGroup, which cancels once: a library's `asyncio.wait_for` may swallow that (before Python 3.12, when what it waits for comes
at the same moment), and the session would never end.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

AGAIN = 0.2


async def until_one_ends(*doing: Coroutine[Any, Any, None]) -> None:
    """Of those that ended at the same moment, the one named first is told."""
    tasks = [asyncio.create_task(one) for one in doing]
    try:
        ended, _others = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await stopped(tasks)
    next(task for task in tasks if task in ended).result()


async def stopped(tasks: list[asyncio.Task[None]]) -> None:
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _done, pending = await asyncio.wait(pending, timeout=AGAIN)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # asyncio would complain of one that nobody asked for
