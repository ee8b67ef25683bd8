"""Where the follower asks the database: in one thread, so that a thousand machines are one writer. In: a service and its arguments. Out: its answer, once there is one."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import DatabaseError, InterfaceError, connections

P = ParamSpec("P")
T = TypeVar("T")

AGAIN = 5.0  # seconds; that the database is away is said by whoever reads the rows


async def lasting(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Tried until the database takes it."""
    while True:
        try:
            return await once(function, *args, **kwargs)
        except (DatabaseError, InterfaceError):
            await asyncio.sleep(AGAIN)


async def once(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """On a connection that is kept while it works: to open one for each of a thousand writes costs more than they do."""

    def run() -> T:
        try:
            return function(*args, **kwargs)
        except (DatabaseError, InterfaceError):
            connections.close_all()
            raise

    return await sync_to_async(run)()
