"""Who speaks to which libvirt. In: a connection's URI. Out: its speaker, for as long as somebody uses it, or a Failed.

libvirt's library blocks, and Debian's module of it is for Debian's Python; so a child process does the calls, one for each
connection however many domains are spoken of, and it ends with the last who uses it.
"""

import asyncio
import importlib.util
import math
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from weakref import WeakKeyDictionary

from portal.machines.base import GONE, Failed
from portal.machines.libvirt.speaker import MISSING, Speaker

CHILD = Path(__file__).with_name("child.py")
DEBIANS = "/usr/bin/python3"
FOR_ALL = 1.0
LONGEST_LINE = 8 * 1024 * 1024


def interpreter() -> str:
    return sys.executable if importlib.util.find_spec("libvirt") else DEBIANS


class Shared:
    """The speaker of one connection in one loop, with how many use it."""

    def __init__(self, uri: str) -> None:
        self.users = 0
        self.speaker: Speaker | None = None
        self._uri = uri
        self._changing = asyncio.Lock()
        self._failure, self._failed_at = Failed(GONE), -math.inf

    async def taken(self) -> Speaker:
        async with self._changing:
            if self.speaker is None or self.speaker.lost:
                self.speaker = await self._begun()
            return self.speaker

    async def left(self) -> None:
        speaker, self.speaker = self.speaker, None
        if speaker:
            await speaker.end()

    async def _begun(self) -> Speaker:
        """A host that is away is away for all its domains: not each of them begins a child to find that out."""
        if time.monotonic() - self._failed_at < FOR_ALL:
            raise Failed(self._failure.code, self._failure.reason)
        try:
            return await _started(self._uri)
        except Failed as failed:
            self._failure, self._failed_at = failed, time.monotonic()
            raise


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Shared]] = WeakKeyDictionary()


@asynccontextmanager
async def speaking(uri: str) -> AsyncIterator[Speaker]:
    known = _shared.setdefault(asyncio.get_running_loop(), {})
    shared = known.setdefault(uri, Shared(uri))
    shared.users += 1
    try:
        yield await shared.taken()
    finally:
        shared.users -= 1
        if not shared.users:
            await shared.left()


async def _started(uri: str) -> Speaker:
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter(),
            "-I",
            CHILD,
            uri,
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            limit=LONGEST_LINE,
            start_new_session=True,
        )
    except OSError as error:
        raise Failed(GONE, f"{MISSING} ({error.strerror})") from error
    speaker = Speaker(process)
    try:
        await speaker.begin()
    except BaseException:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    return speaker
