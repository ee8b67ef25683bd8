"""The test's end of a device process. In: what it shall print. Out: what it has printed and heard."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.chaos.waiting import until
from tests.run.programs import CHECKOUT


@dataclass(frozen=True)
class Connection:
    """`written`: numbers it gave to the socket. `read`: of those, what the hub had surely read a moment before the end."""

    start: int
    written: int
    read: int
    greeted: int


class Guest:
    def __init__(self, process: "subprocess.Popen[str]", path: Path) -> None:
        self._process, self.path = process, path

    def tell(self, **what: Any) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def prints(self, *pieces: bytes) -> None:
        self.tell(pieces=[piece.hex() for piece in pieces])

    @property
    def connections(self) -> list[Connection]:
        return [Connection(**one) for one in self.tell()["connections"]]

    @property
    def heard(self) -> bytes:
        return bytes.fromhex(self.tell()["heard"])

    @property
    def up(self) -> bool:
        return bool(self.tell()["up"])

    async def hears(self, data: bytes) -> None:
        await until(lambda: data in self.heard)

    async def has_heard(self, data: bytes) -> None:
        """All of it, and nothing else."""
        await until(lambda: len(self.heard) >= len(data))
        assert self.heard == data


@contextmanager
def guest(path: Path) -> Iterator[Guest]:
    command = (sys.executable, "-m", "tests.chaos.device", str(path))
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=CHECKOUT, stdin=pipe, stdout=pipe, text=True)
    try:
        made = Guest(process, path)
        made.tell()
        yield made
    finally:
        process.kill()
        process.wait()
