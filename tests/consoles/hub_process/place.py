"""A machine on which a hub can run: its folder, database, Redis, and hands that change rows. Everything real, nothing of it left behind."""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from consoles.hub import client, registry
from portal.run import redis_server
from tests.run.programs import CHECKOUT, Program, running

PATIENCE = 20.0


class Place:
    HANDS = "tests.consoles.hub_process.hands"

    def __init__(self, var: Path, left: ExitStack) -> None:
        self.var, self._left = var, left
        self.environment = {
            "DJANGO_SETTINGS_MODULE": "portal.config.settings",
            "HOMEPORT_VAR": str(var),
            "DATABASE_URL": f"sqlite:///{var / 'homeport.sqlite3'}",
            "REDIS_URL": f"unix://{redis_server.socket_path(var)}",
        }
        self.socket = var / "run" / "hub-local.sock"
        self._hands: subprocess.Popen[str] | None = None

    def hub(self, *impatient: str, **environment: str) -> Program:
        """`impatient`: modules whose timer a test would else wait for."""
        quick = ("-m", "tests.consoles.hub_process.impatient", *impatient)
        command = (sys.executable, *(quick if impatient else ("manage.py", "run_hub")))
        return self._left.enter_context(running(*command, **{**self.environment, **environment}))

    def machines(self, **environment: str) -> Program:
        """The process that follows machines."""
        command = (sys.executable, "manage.py", "run_machines")
        return self._left.enter_context(running(*command, **{**self.environment, **environment}))

    def redis(self) -> Program:
        command = redis_server.command(redis_server.binary(CHECKOUT), self.var)
        program = self._left.enter_context(running(*command))
        wait(lambda: redis_server.answers(redis_server.socket_path(self.var)))
        return program

    def do(self, act: str, **what: Any) -> Any:
        if self._hands is None:
            environment = {**os.environ, **self.environment}
            self._hands = self._left.enter_context(_hands(self.HANDS, environment))
        assert self._hands.stdin
        assert self._hands.stdout
        self._hands.stdin.write(json.dumps({"act": act, "what": what}) + "\n")
        self._hands.stdin.flush()
        said = json.loads(self._hands.stdout.readline())
        assert "problem" not in said, said["problem"]
        return said["done"]

    async def lines(self) -> dict[str, str]:
        """What the hub holds: states by name."""
        try:
            report = await client.ask(f"unix://{self.socket}")
        except client.HubGone:
            return {}
        return {line["name"]: line["state"] for line in report["lines"]}

    async def registered(self) -> list[registry.Entry]:
        async with Redis.from_url(self.environment["REDIS_URL"]) as redis:
            return await registry.all_hubs(redis)

    async def holds(self, *names: str, patience: float = PATIENCE) -> float:
        """Waits until these lines are up and no others are held; how long that took."""
        start = time.monotonic()
        wanted = dict.fromkeys((f"web/{name}" for name in names), "up")
        while (held := await self.lines()) != wanted:
            assert time.monotonic() - start < patience, held
            await asyncio.sleep(0.02)
        return time.monotonic() - start


@contextmanager
def _hands(module: str, environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    command = (sys.executable, "-m", module)
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def migrated() -> Path:
    """An empty database, made once for all processes of a run: who asks first makes it, the others wait."""
    folder = Path(os.environ["HOMEPORT_TEST_RUN"])
    database, unfinished = folder / "homeport.sqlite3", folder / "unfinished.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not database.exists():
            ours = {"HOMEPORT_VAR": str(folder), "DATABASE_URL": f"sqlite:///{unfinished}"}
            command = (sys.executable, "manage.py", "migrate", "-v", "0")
            subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **ours}, check=True)
            unfinished.rename(database)
    return database


def furnish(var: Path, database: Path) -> None:
    for name in ("run", "redis", "log"):
        (var / name).mkdir(parents=True)
    shutil.copy(database, var / database.name)


def wait(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
