"""One at a time does something to a line's archive. In: the line. Out: the lock, which a process that is killed lets go of.

All lines of a host share one file, and each locks a byte of it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

NAME = "archive.lock"
BYTES = 1 << 62


@contextmanager
def locked(line_id: UUID) -> Iterator[bool]:
    """False where another process is at it."""
    spool = Path(settings.SPOOL)
    spool.mkdir(0o700, parents=True, exist_ok=True)
    with open(spool / NAME, "ab") as file:
        yield _lock(file.fileno(), line_id.int % BYTES)


def _lock(fd: int, byte: int) -> bool:
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, byte)
    except OSError:
        return False
    return True
