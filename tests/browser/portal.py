"""The product as these tests meet it: a web process and a hub with their own Redis, database and static files, prepared the way `make run` prepares them.

Out: where it listens, the demonstration's people and machines, and hands that change its database from beside it.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import URLError

import psycopg

from portal.run import redis_server
from tests.run.programs import CHECKOUT, free_port

PATIENCE = 60.0


@dataclass
class Portal:
    url: str
    demo: dict[str, Any]
    hands: "Hands"
    folder: Path
    web: "Program"
    hub: "Program"
    acts: "Program"  # the worker of its machines; started by the tests that act on one
    follower: "Program"  # what follows its machines; started by tests that own all of them
    _passwords: dict[str, str] = field(default_factory=dict)

    def password_of(self, person: str) -> str:
        if not self._passwords:
            self._passwords = {one["username"]: one["password"] for one in self.demo["users"]}
        return self._passwords[person]

    def vm(self, name: str) -> str:
        """The address of a machine of the demonstration."""
        found = next(one for one in self.demo["vms"] if one["name"] == name)
        return f"/vms/{found['subscription_id']}/{found['resource_group']}/{name}/"

    def subscription(self, name: str) -> str:
        return str(next(one["id"] for one in self.demo["subscriptions"] if one["name"] == name))

    def tenant(self, name: str) -> str:
        return str(next(one["id"] for one in self.demo["tenants"] if one["name"] == name))


class Program:
    """One of the portal's own, which a test may kill and start again, as the supervisor would."""

    def __init__(self, environment: Mapping[str, str], *command: str) -> None:
        self._environment, self._command = environment, command
        self._running = ExitStack()

    def start(self) -> None:
        self._running.enter_context(_program(self._environment, *self._command))

    def kill(self) -> None:
        self._running.close()

    @contextmanager
    def killed(self) -> Iterator[None]:
        self.kill()
        try:
            yield
        finally:
            self.start()


class Hands:
    """Services called in a process of their own, as a job or a command would: what pages show must follow."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, act: str, **what: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"act": act, "what": what}) + "\n")
        self._process.stdin.flush()
        said = json.loads(self._process.stdout.readline())
        assert "problem" not in said, said["problem"]
        return said["done"]


@contextmanager
def serving(var: Path) -> Iterator[Portal]:
    port = free_port()
    url = f"http://localhost:{port}"
    with ExitStack() as running:
        environment = running.enter_context(_environment(var, port))
        running.enter_context(_redis(var))
        prepare = (sys.executable, "-m", "portal.run.prepare", "--http", url, "--demo")
        subprocess.run(prepare, cwd=CHECKOUT, env=environment, check=True, stdout=subprocess.DEVNULL)
        hub = Program(environment, sys.executable, "manage.py", "run_hub")
        served = ("-v", "0", "-b", "127.0.0.1", "-p", str(port), "portal.config.asgi:application")
        web = Program(environment, sys.executable, "-m", "portal.config.serve", *served)
        worker = ("manage.py", "rqworker", "--verbosity", "0", "machines.local")
        acts = Program(environment, sys.executable, *worker)
        follower = Program(environment, sys.executable, "manage.py", "run_machines")
        for one in (hub, web, acts, follower):
            running.callback(one.kill)
        for one in (hub, web):
            one.start()
        hands = running.enter_context(
            _program(environment, sys.executable, "-m", "tests.browser.hands", pipe=True)
        )
        until_healthy(url)
        demo = json.loads((var / "demo.json").read_text())
        yield Portal(url, demo, Hands(hands), var, web, hub, acts, follower)


@contextmanager
def _environment(var: Path, port: int) -> Iterator[dict[str, str]]:
    for folder in ("run", "redis", "log"):
        (var / folder).mkdir(parents=True)
    ours = {
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        "HOMEPORT_VAR": str(var),
        "HOMEPORT_HTTP_PORT": str(port),
        "HOMEPORT_HTTPS_PORT": "0",
        "HOMEPORT_HUB_ALLOW_PTY": "1",
        "REDIS_URL": f"unix://{redis_server.socket_path(var)}",
    }
    with _database(var) as address:
        yield {**os.environ, **ours, "DATABASE_URL": address}


@contextmanager
def _database(var: Path) -> Iterator[str]:
    """A new one: a file, or beside the others on the server that DATABASE_URL names."""
    if os.environ.get("HOMEPORT_TEST_DATABASE") != "postgres":
        yield f"sqlite:///{var / 'homeport.sqlite3'}"
        return
    server, name = os.environ["DATABASE_URL"], f"homeport_browser_{os.getpid()}"
    parts = server.split("?", 1)
    parts[0] = f"{parts[0].rsplit('/', 1)[0]}/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield "?".join(parts)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _redis(var: Path) -> Iterator[None]:
    with _program(os.environ, *redis_server.command(redis_server.binary(CHECKOUT), var)):
        _until(lambda: redis_server.answers(redis_server.socket_path(var)), "Redis does not answer")
        yield


@contextmanager
def _program(
    environment: Mapping[str, str], *command: str, pipe: bool = False
) -> Iterator["subprocess.Popen[str]"]:
    way = subprocess.PIPE if pipe else subprocess.DEVNULL
    process = subprocess.Popen(
        command, cwd=CHECKOUT, env=environment, stdin=way, stdout=way, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def until_healthy(url: str) -> None:
    def healthy() -> bool:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, ConnectionError):
            return False

    _until(healthy, "The portal does not answer")


def _until(true: Any, otherwise: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)
