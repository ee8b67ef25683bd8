"""Waits of these tests: for something to become true, never for time to pass."""

import asyncio
import time
from collections.abc import Callable

PATIENCE = 60.0


async def until(true: Callable[[], bool], patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it never became true"
        await asyncio.sleep(0.01)
