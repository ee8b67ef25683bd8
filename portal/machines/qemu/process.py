"""Keeps one QEMU. In: its folder. Out: a process that outlives whoever started it, is known again, and is ended for certain.

It is known by the pid file that QEMU writes when it begins and removes when it ends in order, held against its command line:
a number that meanwhile belongs to somebody else is nobody's, and a file without a process is a QEMU that died.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from portal.machines.base import BUSY, CANNOT, REFUSED, SILENT, Failed

PID_FILE, LOCK_FILE = "qemu.pid", "qemu.lock"
STARTED = 20.0  # seconds
ENDED, KILLED = 10.0, 5.0
ALONE = 5.0
AGAIN = 0.05
# a socket holds 278 of the single bytes a serial port writes: a kernel that finds it full for 10 ms drops what it prints
BEHIND = ("nice", "-n", "10")  # so whoever reads it comes first


class Process:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid_file = folder / PID_FILE

    @property
    def alive(self) -> bool:
        with self.held() as handle:
            return handle is not None

    @property
    def died(self) -> bool:
        """It did not end in order: its pid file is still there, and it is not."""
        return self._pid() is not None and not self.alive

    @contextmanager
    def held(self) -> Iterator[int | None]:
        """A handle of the process, which stays that process's whatever becomes of its number."""
        handle = self._handle()
        try:
            yield handle if handle is not None and self._is_ours() else None
        finally:
            if handle is not None:
                os.close(handle)

    async def launch(self, command: list[str]) -> None:
        """Returns when QEMU has opened all it needs; it then goes on in a session of its own."""
        if shutil.which(command[0]) is None:
            raise Failed(CANNOT, f"there is no {command[0]} on this host")
        try:
            done = await asyncio.to_thread(_run, [*BEHIND, *command])
        except subprocess.TimeoutExpired as error:
            await self.end()
            raise Failed(SILENT, f"QEMU was not ready within {STARTED:g} s") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"it ended with {done.returncode}"
            raise Failed(REFUSED, said[-300:])

    async def end(self) -> None:
        """In order where it can; what hangs is killed."""
        with self.held() as handle:
            if handle is None:
                return
            signal.pidfd_send_signal(handle, signal.SIGTERM)
            if await _ended(handle, ENDED):
                return
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            if not await _ended(handle, KILLED):
                raise Failed(SILENT, "the kernel does not end QEMU's process")

    async def ended(self, seconds: float) -> bool:
        with self.held() as handle:
            return handle is None or await _ended(handle, seconds)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """Of those who start or end it, one at a time."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with (self.folder / LOCK_FILE).open("w") as lock:
                await _locked(lock.fileno())
                yield
        except OSError as error:
            raise Failed(REFUSED, f"{error.filename}: {error.strerror}") from error

    def _handle(self) -> int | None:
        pid = self._pid()
        try:
            return os.pidfd_open(pid) if pid and pid > 0 else None
        except ProcessLookupError:
            return None

    def _pid(self) -> int | None:
        """None as long as QEMU has not written it."""
        try:
            return int(self.pid_file.read_bytes()[:20])
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def _is_ours(self) -> bool:
        try:
            words = Path(f"/proc/{self._pid()}/cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            return False
        return b"-pidfile" in words and os.fsencode(self.pid_file) in words


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=STARTED,
        start_new_session=True,
        umask=0o077,
        cwd="/",
    )


async def _ended(handle: int, seconds: float) -> bool:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(handle, ended.set)
    try:
        async with asyncio.timeout(seconds):
            await ended.wait()
    except TimeoutError:
        return False
    finally:
        loop.remove_reader(handle)
    return True


async def _locked(lock: int) -> None:
    end = time.monotonic() + ALONE
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise Failed(BUSY, "another process starts or ends this machine") from error
        await asyncio.sleep(AGAIN)
