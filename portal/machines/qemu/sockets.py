"""Unix sockets of a QEMU. In: a path. Out: a connected socket within seconds, or a Failed that says why not."""

import asyncio
import socket
import time
from pathlib import Path

from portal.machines.base import BAD_SPEC, BUSY, GONE, Failed

LONGEST = 107  # bytes of a path that the kernel takes
AGAIN = 0.05  # seconds


def checked(path: str | Path) -> Path:
    length = len(str(path).encode())
    if not Path(path).is_absolute():
        raise Failed(BAD_SPEC, f"{path} is no absolute path")
    if length > LONGEST:
        raise Failed(
            BAD_SPEC,
            f"{path} has {length} bytes; the path of a unix socket may have {LONGEST}: choose a shorter folder",
        )
    return Path(path)


async def connected(path: Path, seconds: float) -> socket.socket:
    """QEMU serves one client at a time, and leaves one or two waiting; connecting to a longer queue says EAGAIN."""
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
    end = time.monotonic() + seconds
    try:
        while not _connects(sock, path):
            if time.monotonic() > end:
                raise Failed(BUSY, f"others wait for {path} too")
            await asyncio.sleep(AGAIN)
    except BaseException:
        sock.close()
        raise
    return sock


def _connects(sock: socket.socket, path: Path) -> bool:
    try:
        sock.connect(str(path))
    except BlockingIOError:
        return False
    except OSError as error:
        raise Failed(GONE, f"{path}: {error.strerror}") from error
    return True
