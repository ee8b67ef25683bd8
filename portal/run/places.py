"""The var directory: made, proved writable, and held by one supervisor at a time."""

import fcntl
import os
import time
from pathlib import Path

from portal.run import sessions
from portal.run.errors import CannotStartError

PATIENCE = 12.0  # longer than the guard of a killed supervisor needs


def make(var: Path) -> None:
    try:
        for name in ("run", "tls", "redis", "log"):
            (var / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = var / "run" / "probe"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise CannotStartError(
            f"Homeport cannot write to {var} ({error.strerror}). Make it writable, or set HOMEPORT_VAR to a directory that is."
        ) from error


def lock(var: Path) -> int:
    """A descriptor that holds the directory until it is closed; refuses while another supervisor has it."""
    descriptor = os.open(var / "run" / "homeport.lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + PATIENCE
    while not _locked(descriptor):
        holder = _holder(descriptor)
        if sessions.alive(holder):
            raise CannotStartError(
                f"Homeport is already running on {var} (PID {holder}). Stop it, or set HOMEPORT_VAR to another directory."
            )
        if time.monotonic() > deadline:
            raise CannotStartError(
                f"What an earlier Homeport left on {var} has not stopped. Try again in a few seconds."
            )
        time.sleep(0.1)
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)
    return descriptor


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(descriptor: int) -> int:
    return int(os.pread(descriptor, 20, 0) or 0)
