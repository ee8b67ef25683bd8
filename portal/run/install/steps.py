"""Runs one command of the set-up at a time: all it prints goes to the log, a failure becomes one sentence."""

import hashlib
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

Command = Sequence[str | Path]

NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Failed to establish a new connection|NewConnectionError|ConnectTimeoutError"
    r"|Connection refused|Could not resolve|Network is unreachable|ProxyError|ReadTimeoutError"
    r"|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH"
)


class SetupError(Exception):
    """What went wrong and the way out, in one sentence or two."""


class Steps:
    def __init__(self, root: Path, var: Path) -> None:
        self.root = root
        self.log = var / "log" / "setup.log"

    def run(self, title: str, command: Command, *, failed: str, **environment: str) -> None:
        """Runs `command` in the checkout; `failed` says what could not be done when nothing better is known."""
        print(f"setup    | {title}", flush=True)
        start = self._note(f"\n== {title}\n{' '.join(map(str, command))}\n")
        with self.log.open("ab") as log:
            code = self._call(command, log.fileno(), environment)
        if code:
            raise SetupError(self._explain(failed, self.log.read_bytes()[start:].decode(errors="replace")))

    def _call(self, command: Command, output: int, environment: dict[str, str]) -> int:
        env = os.environ | environment
        try:
            return subprocess.call(
                command, cwd=self.root, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        except OSError as error:
            self._note(f"{command[0]}: {error.strerror}\n")
            return 127

    def _note(self, text: str) -> int:
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            with self.log.open("a") as log:
                log.write(text)
                return log.tell()
        except OSError as error:
            raise cannot_write(self.log.parent, error) from error

    def _explain(self, failed: str, output: str) -> str:
        where = f"The whole output is in {self.log}."
        if "No space left on device" in output:
            return f"{failed}: the disk is full. Free some space, then run the same command again. {where}"
        if "Read-only file system" in output:
            return f"{failed}: {self.root} is read-only. Use a checkout that can be written to. {where}"
        if NO_NETWORK.search(output):
            return f"{failed}: the package registry cannot be reached. Check the network, then run the same command again. {where}"
        return f"{failed}. {where}"


def cannot_write(place: Path, error: OSError) -> SetupError:
    return SetupError(
        f"Homeport cannot write to {place} ({error.strerror}). Use a checkout that can be written to."
    )


class Stamp:
    """Remembers beside what was installed which inputs it was installed from."""

    def __init__(self, path: Path, *inputs: Path | str) -> None:
        self.path = path
        parts = [part.encode() if isinstance(part, str) else part.read_bytes() for part in inputs]
        self.value = hashlib.sha256(b"\0".join(parts)).hexdigest()

    def fresh(self) -> bool:
        return self.path.exists() and self.path.read_text() == self.value

    def write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.value)
