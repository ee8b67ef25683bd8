"""Programs of the tests: started for real, read line by line, always ended."""

import os
import queue
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from portal.run import sessions

PATIENCE = 30.0
CHECKOUT = Path(__file__).resolve().parents[2]


class Program:
    """A running program whose output can be awaited."""

    def __init__(self, *command: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.seen: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, text: str, patience: float = PATIENCE) -> str:
        """The next line that contains `text`."""
        while (line := self._lines.get(timeout=patience)) is not None:
            self.seen.append(line)
            if text in line:
                return line
        raise AssertionError(f"It ended without saying {text!r}:\n" + "\n".join(self.seen))

    def rest(self) -> list[str]:
        """What it says until it ends."""
        said: list[str] = []
        while (line := self._lines.get(timeout=PATIENCE)) is not None:
            said.append(line)
        self.seen += said
        return said

    def ended(self) -> int:
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def running(*command: str, **environment: str) -> Iterator[Program]:
    program = Program(*command, **environment)
    try:
        yield program
    finally:
        sessions.kill([program.process.pid])  # what it forked, too
        program.process.wait()


@contextmanager
def toy(var: Path, *scripts: str, port: int = 0, **environment: str) -> Iterator[Program]:
    command = (sys.executable, "-m", "tests.run.toy", str(var), str(port or free_port()), *scripts)
    with running(*command, **environment) as program:
        yield program


def may_mount() -> bool:
    """Root in a container often may not."""
    return (
        os.geteuid() == 0
        and subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode == 0
    )


needs_mount = pytest.mark.skipif(
    not may_mount(), reason="mounts a read-only file system in a namespace of its own"
)


def gone(pid: int, patience: float = PATIENCE) -> bool:
    """Waits until the process has ended; one that nobody reaped yet has ended too."""
    try:
        process = psutil.Process(pid)
        return (
            process.status() == psutil.STATUS_ZOMBIE or not psutil.wait_procs([process], timeout=patience)[1]
        )
    except psutil.NoSuchProcess:
        return True


def free_port() -> int:
    """Below those that the kernel gives to whoever asks for any: it stays free until its program takes it."""
    while True:
        port = 10_000 + secrets.randbelow(22_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
