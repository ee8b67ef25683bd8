"""Outlives the supervisor by as long as its children do: if it is killed, this process ends them.

In: on standard input, `+PID` for each child that started and `-PID` for each that ended. At the end of the input
(the supervisor is gone, however it went) all children still named are ended. The supervisor's lock is held open here
too, so that a new supervisor waits until the old children are gone.
"""

import subprocess
import sys
from collections.abc import Iterable
from typing import IO, cast

from portal.run import sessions

GRACE = 6.0


class Guard:
    """The supervisor's end of the pipe."""

    def __init__(self, lock: int) -> None:
        self.lock = lock
        self.pids: set[int] = set()
        self.process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.run.guard"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            pass_fds=(self.lock,),
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        self.pids.add(pid)
        self._tell([f"+{pid}"])

    def forget(self, pid: int) -> None:
        self.pids.discard(pid)
        self._tell([f"-{pid}"])

    def close(self) -> None:
        self.process.communicate()

    def _tell(self, lines: list[str]) -> None:
        try:
            self._write(lines)
        except BrokenPipeError:
            self.process.wait()
            self.process = self._start()
            self._write([f"+{pid}" for pid in self.pids])

    def _write(self, lines: list[str]) -> None:
        pipe = cast(IO[str], self.process.stdin)
        pipe.writelines(f"{line}\n" for line in lines)
        pipe.flush()


def watched(lines: Iterable[str]) -> set[int]:
    """Reads to the end of the input."""
    pids: set[int] = set()
    for line in lines:
        change = pids.add if line.startswith("+") else pids.discard
        change(int(line[1:]))
    return pids


if __name__ == "__main__":
    sessions.end(watched(sys.stdin), GRACE)
