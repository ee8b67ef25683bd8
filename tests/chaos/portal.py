"""The product's processes on a folder of their own, each killed and started again as the supervisor would. Everything real, nothing of it left behind."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import urllib.request
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import psutil

from consoles.hub import client
from tests.chaos.guest import Guest, guest
from tests.chaos.waiting import PATIENCE, until
from tests.consoles.hub_process.place import Place
from tests.run.programs import CHECKOUT, Program, free_port, running

MIB = 1024 * 1024
LIMIT = 64 * MIB  # of each log


class Portal(Place):
    def __init__(self, var: Path, left: ExitStack, *machines: str) -> None:
        super().__init__(var, left)
        self.port = free_port()
        self.host = f"localhost:{self.port}"
        self.environment |= {"HOMEPORT_HTTP_PORT": str(self.port), "HOMEPORT_HTTPS_PORT": "0"}
        sockets = {name: var / f"{name}.sock" for name in machines}
        self.guests: dict[str, Guest] = {
            name: left.enter_context(guest(path)) for name, path in sockets.items()
        }
        told = self._furnished(json.dumps({name: str(path) for name, path in sockets.items()}), str(LIMIT))
        self.vms: dict[str, dict[str, str]] = told["vms"]
        self.cookies: dict[str, str] = told["cookies"]
        self.running: dict[str, Program] = {}

    def _furnished(self, *arguments: str) -> dict[str, Any]:
        command = (sys.executable, "-m", "tests.chaos.furnish", *arguments)
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def start(self, name: str) -> Program:
        """`name` is redis, hub, web or worker."""
        program: Program = getattr(self, name)()
        self.running[name] = program
        return program

    def kill(self, name: str) -> None:
        self.running[name].process.kill()
        self.running[name].ended()

    def web(self, port: int = 0) -> Program:
        served = (
            "-v",
            "0",
            "-b",
            "127.0.0.1",
            "-p",
            str(port or self.port),
            "portal.config.asgi:application",
        )
        return self.runs("-m", "portal.config.serve", *served)

    def worker(self) -> Program:
        return self.runs("manage.py", "rqworker", "default")

    def runs(self, *command: str) -> Program:
        return self._left.enter_context(running(sys.executable, *command, **self.environment))

    async def up(self) -> None:
        await until(self.answers)
        for name, one in self.guests.items():
            if name != "spied":
                await until(lambda one=one: one.up)  # type: ignore[misc]

    async def at_rest(self) -> None:
        """Up, and nobody is attached: whoever was in another test has left."""
        await self.up()
        async with asyncio.timeout(PATIENCE):
            while not self._nobody(await client.ask(f"unix://{self.socket}")):
                await asyncio.sleep(0.02)

    @staticmethod
    def _nobody(report: dict[str, Any]) -> bool:
        return all(line["viewers"] == 0 and line["writer"] is None for line in report["lines"])

    def answers(self, port: int = 0) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def address(self, vm: str, port: int = 0) -> str:
        return f"ws://localhost:{port or self.port}/live{self.vms[vm]['url']}"

    def folder(self, vm: str) -> Path:
        return self.var / "spool" / self.vms[vm]["line"]

    def spooled(self, vm: str) -> bytes:
        """All of the log from its first byte on, as it is on the disk; no offset twice or missing."""
        found = b""
        for file in sorted(self.folder(vm).glob("*.log")):
            assert int(file.stem) == len(found), f"{file.name} after {len(found)} bytes"
            found += file.read_bytes()
        return found

    def memory(self, name: str) -> int:
        return int(psutil.Process(self.running[name].process.pid).memory_info().rss)

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.var / "homeport.sqlite3", timeout=20)) as connection:
            return connection.execute(sql).fetchall()
