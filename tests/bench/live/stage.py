"""The product as it runs: Redis, hub, web under Daphne, and the same application under uvicorn, with devices and feeders behind its lines.

In: nothing. Out: ports, pages, a session's cookie, and the processes whose CPU and memory are read. Loopback only; all of it ends with the block.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.run import redis_server
from tests.bench.live import feeder, peers
from tests.bench.live.clients import Page
from tests.bench.live.programs import CHECKOUT, Program, helper, running, until
from tests.bench.live.table import folder_for
from tests.run.programs import free_port

MIB = 2**20
BUSY = 100
# machines by name: which device is behind them, and how much of what they print is kept; a name for each server, as a line has one writer
MACHINES = {
    "echo-daphne": ("echo", 16 * MIB),
    "echo-uvicorn": ("echo", 16 * MIB),
    "bulk-hub": ("bulk", 512 * MIB),
    "bulk-daphne": ("bulk", 512 * MIB),
    "bulk-uvicorn": ("bulk", 512 * MIB),
    "scroll": ("scroll", 16 * MIB),
    "stall": ("stall", 128 * MIB),
    "yes": ("yes", 128 * MIB),
}
SEEDING = 300.0  # seconds: a thousand machines on a busy computer
PLENTY = "1000"  # viewers at once: the limits are not what is measured


class Ground:
    """Redis, database and settings of one portal, and programs that run on them."""

    def __init__(self, folder: Path, open_ones: ExitStack) -> None:
        self.folder, self._open_ones = folder, open_ones
        for name in ("run", "redis", "log"):
            (folder / name).mkdir()
        self.log = folder / "log" / "bench.log"
        self.environment = surroundings(folder)

    def start(self, *command: str) -> Program:
        return self._open_ones.enter_context(running(*command, environment=self.environment, log=self.log))

    def beside(self, module: str, *arguments: str) -> Program:
        program = self._open_ones.enter_context(helper(module, self.log, *arguments))
        program.said()
        return program

    def feeder(self, name: str, lines: int, saying: str) -> tuple[Program, list[str]]:
        """It listens already; the URLs are those of its lines."""
        folder = self.folder / name
        folder.mkdir()
        program = self.beside("feeder", str(folder), str(lines), saying)
        return program, [f"unix://{feeder.path_of(folder, line)}" for line in range(lines)]

    def hub(self, machines: Mapping[str, tuple[str, int]]) -> tuple[Program, dict[str, Any]]:
        """With the database it reads: machines by name, each with its URL and the limit of its log."""
        self.start(*redis_server.command(redis_server.binary(CHECKOUT), self.folder))
        until(lambda: redis_server.answers(redis_server.socket_path(self.folder)), "Redis does not answer")
        prepare = (sys.executable, "-m", "portal.run.prepare", "--http", "http://localhost")
        with self.log.open("ab") as said:
            subprocess.run(prepare, cwd=CHECKOUT, env=self.environment, check=True, stdout=said, stderr=said)
        wanted = {name: {"url": url, "limit": limit} for name, (url, limit) in machines.items()}
        seeding = self.start(sys.executable, "-m", "tests.bench.live.seed")
        seeding.tell(**wanted)
        seeded = seeding.said(SEEDING)
        return self.start(sys.executable, "manage.py", "run_hub"), seeded


@dataclass
class Stage:
    folder: Path
    daphne: int
    uvicorn: int
    hub: Program
    web: Program
    busy: Program
    stamped: Program
    vms: dict[str, dict[str, str]]
    session: str

    def page(self, vm: str, port: int = 0, mode: str = "write", **query: Any) -> Page:
        """Somebody attached through the web; Daphne's, unless another port is named."""
        path = f"/live{self.vms[vm]['page']}"
        wish = {"mode": mode, "page": f"bench-{vm}", "via": "page", "tail": 0, **query}
        page = Page(port or self.daphne, path, f"sessionid={self.session}", **wish)
        page.until_attached()
        return page

    def recorded(self, vm: str) -> bytes:
        """All segments of its log, in the order of their offsets."""
        parts = sorted((self.folder / "spool" / self.vms[vm]["line"]).glob("*.log"))
        return b"".join(part.read_bytes() for part in parts)

    @property
    def hub_socket(self) -> Path:
        return self.folder / "run" / "hub-local.sock"

    def device(self, name: str) -> Path:
        return self.folder / f"{name}.sock"


@contextmanager
def ground(name: str) -> Iterator[Ground]:
    """What the programs said is shown when one of them has failed."""
    with folder_for(name) as folder, ExitStack() as open_ones:
        built = Ground(folder, open_ones)
        try:
            yield built
        except Exception:
            if built.log.exists():
                said = [line for line in built.log.read_text().splitlines() if "line_up" not in line]
                print("\n".join(said[-20:]), file=sys.stderr)
            raise


@contextmanager
def open_stage() -> Iterator[Stage]:
    with ground("live") as on:
        yield _built(on)


def surroundings(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        "HOMEPORT_VAR": str(folder),
        "HOMEPORT_HTTPS_PORT": "0",
        "HOMEPORT_SESSIONS_PER_PERSON": PLENTY,
        "HOMEPORT_SESSIONS_PER_VM": PLENTY,
        "HOMEPORT_SESSIONS_PER_TENANT": PLENTY,
        "DATABASE_URL": f"sqlite:///{folder / 'homeport.sqlite3'}",
        "REDIS_URL": f"unix://{redis_server.socket_path(folder)}",
    }


def _built(on: Ground) -> Stage:
    devices = sorted({device for device, _ in MACHINES.values()})
    on.beside("devices", *[str(on.folder / f"{device}.sock") for device in devices])
    busy, lines = on.feeder("busy", BUSY, "numbered")
    stamped, fan = on.feeder("stamped", 1, "stamped")
    machines = {
        name: (f"unix://{on.folder / device}.sock", limit) for name, (device, limit) in MACHINES.items()
    }
    machines |= {f"busy-{number:03}": (url, 16 * MIB) for number, url in enumerate(lines)}
    hub, seeded = on.hub({**machines, "fan": (fan[0], 16 * MIB)})
    daphne, uvicorn = free_port(), free_port()
    web = on.start(*under_daphne(daphne))
    on.start(*under_uvicorn(uvicorn))
    for lines_of in (busy, stamped):
        lines_of.said()
    until(lambda: peers.answers(daphne) and peers.answers(uvicorn), "The web does not answer")
    return Stage(on.folder, daphne, uvicorn, hub, web, busy, stamped, **seeded)


def under_daphne(port: int) -> tuple[str, ...]:
    """As `make run` starts it, on one port of the loopback."""
    where = ("-v", "0", "--no-server-name", "-e", f"tcp:{port}:interface=127.0.0.1")
    return (sys.executable, "-m", "portal.config.serve", *where, "portal.config.asgi:application")


def under_uvicorn(port: int, application: str = "portal.config.asgi:application") -> tuple[str, ...]:
    served = ("--host", "127.0.0.1", "--port", str(port), "--ws", "websockets-sansio", "--loop", "uvloop")
    quiet = ("--log-level", "warning", "--lifespan", "off")
    return (sys.executable, "-m", "uvicorn", *served, *quiet, application)
