"""What QEMU keeps of a serial port beside whoever holds it. In: its file, to which QEMU appends for as long as the guest prints. Out: the end of it.

It is all there is of the time when no hub ran; the log that people read is the hub's.
"""

import asyncio
import os
from pathlib import Path

LONGEST, KEPT = 16 * 1024 * 1024, 4 * 1024 * 1024  # bytes
LOOKED = 10.0  # seconds


def make(path: Path) -> None:
    """Before QEMU does, which in the background would let its group read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


async def keep_short(path: Path) -> None:
    while True:
        await asyncio.to_thread(shorten, path)
        await asyncio.sleep(LOOKED)


def shorten(path: Path) -> None:
    """QEMU writes at the end, wherever that is."""
    with path.open("ab+") as log:
        if log.seek(0, os.SEEK_END) > LONGEST:
            log.seek(-KEPT, os.SEEK_END)
            end = log.read()
            log.truncate(0)
            log.write(end)
