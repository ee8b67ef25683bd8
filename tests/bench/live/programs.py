"""Programs beside the measurement: started, told what to do line by line, watched from /proc, ended by their own number."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

CHECKOUT = Path(__file__).resolve().parents[3]
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0


class Ended(Exception):
    """A program that should run does not; the message says which and what it said."""


class Program:
    """A child that answers in lines of JSON, or says nothing at all."""

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None, log: Path | None = None):
        self.command = command
        self._log = log.open("ab") if log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,
        )
        self.pid = self.process.pid
        self._read = b""

    def tell(self, **what: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what).encode() + b"\n")
        self.process.stdin.flush()

    def said(self, patience: float = PATIENCE) -> Any:
        """The next line, parsed."""
        assert self.process.stdout
        end = time.monotonic() + patience
        while b"\n" not in self._read:
            if not select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))[0]:
                raise Ended(f"{self.command} said nothing for {patience:.0f} s")
            piece = os.read(self.process.stdout.fileno(), 65536)
            if not piece:
                raise Ended(f"{self.command} has ended")
            self._read += piece
        line, self._read = self._read.split(b"\n", 1)
        return json.loads(line)

    def ask(self, **what: Any) -> Any:
        self.tell(**what)
        return self.said()

    def stop(self) -> None:
        """Politely, then not: its whole session, which is of its own."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                continue
        self.process.wait()


@contextmanager
def running(
    *command: str, environment: Mapping[str, str] | None = None, log: Path | None = None
) -> Iterator[Program]:
    program = Program(*command, environment=environment, log=log)
    try:
        yield program
    finally:
        program.stop()


@contextmanager
def helper(module: str, log: Path, *arguments: str, **environment: str) -> Iterator[Program]:
    """A module of this folder in a process of its own; ready when it has said its first line."""
    name = f"tests.bench.live.{module}"
    command = (sys.executable, "-m", name, *arguments)
    with running(*command, environment={**os.environ, **environment}, log=log) as program:
        yield program


def until(true: Callable[[], bool], otherwise: str, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise Ended(otherwise)
        time.sleep(0.02)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, of the children it has and of those it had."""
    spent = 0
    for one in tree(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        spent += sum(int(field) for field in fields[11:15])
    return spent / TICKS


def resident_mib(pid: int) -> float:
    """Resident memory of a process and its children."""
    pages = sum(int(Path(f"/proc/{one}/statm").read_text().split()[1]) for one in tree(pid))
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
