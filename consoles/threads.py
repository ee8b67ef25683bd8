"""Where the live path asks the database: in a few threads of its own, so that consoles and pages do not wait for each other.

In: a function and its arguments. Out: what it returns, once a thread was free for it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import close_old_connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
POOL = ThreadPoolExecutor(THREADS, thread_name_prefix="console")
DOOR = ThreadPoolExecutor(THREADS, thread_name_prefix="door")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await _run(POOL, function, *args, **kwargs)


async def at_the_door(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Whoever knocks waits for others who knock: whether somebody may stay is asked without waiting for them."""
    return await _run(DOOR, function, *args, **kwargs)


async def _run(pool: ThreadPoolExecutor, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    def run() -> T:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return await sync_to_async(run, thread_sensitive=False, executor=pool)()
