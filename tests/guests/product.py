"""All of the product's processes around real guests, each in a folder of its own. Nothing of it is left behind.

In: machine.json of each guest. Out: what a person's browser can do: pages, acts, a console.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from portal.lab import machines
from tests.chaos.waiting import until
from tests.consoles.hub_process.place import Place
from tests.guests.terminal import Terminal
from tests.run.programs import CHECKOUT, Program, free_port, running

TOKEN = "t" * 32  # of the cookie and the header that must be alike
SLOW = 180.0  # seconds: guests are emulated, and others may be, too
QUIET = 10.0  # within which a log has caught up
PROCESSES = {
    "web": ("-m", "portal.config.serve", "-v", "0", "-b", "127.0.0.1", "-p", "{port}", "portal.config.asgi:application"),
    "follower": ("manage.py", "run_machines"),
    "acts": ("manage.py", "rqworker-pool", "--verbosity", "0", "--num-workers", "3", "machines.local"),
    "worker": ("manage.py", "rqworker", "--verbosity", "0", "default", "alerts"),
}  # fmt: skip


class Product(Place):
    def __init__(self, var: Path, left: ExitStack, guests: dict[str, Path], **fields: Any) -> None:
        """`fields`: of each guest's machine, beside where it is."""
        super().__init__(var, left)
        self.port, self.guests = free_port(), guests
        self.environment |= {"HOMEPORT_HTTP_PORT": str(self.port), "HOMEPORT_HTTPS_PORT": "0"}
        made = {
            name: {
                "serial_url": machines.serial_url(path),
                "machine_url": machines.machine_url(path),
                **fields,
            }
            for name, path in guests.items()
        }
        self.redis()
        command = (sys.executable, "-m", "tests.guests.furnish", json.dumps(made))
        environment = {**os.environ, **self.environment}
        done = subprocess.run(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, check=True)
        told = json.loads(done.stdout)
        self.vms, self.cookies = told["vms"], told["cookies"]

    def start_all(self) -> None:
        self.hub()
        for command in PROCESSES.values():
            self._program(*command)

    def _program(self, *command: str) -> Program:
        words = [word.format(port=self.port) for word in command]
        return self._left.enter_context(running(sys.executable, *words, **self.environment))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    async def up(self) -> None:
        await until(self._answers, SLOW)

    @asynccontextmanager
    async def running(self, vm: str) -> AsyncIterator[Terminal]:
        """Started as by its button, with its owner at the keyboard; nothing of it runs afterwards."""
        await self.up()
        await self.act(vm, "start")
        try:
            async with self.terminal(vm) as terminal:
                yield terminal
        finally:
            await self.act(vm, "deallocate")

    def terminal(self, vm: str, person: str = "owner", mode: str = "write") -> Terminal:
        address = f"ws://localhost:{self.port}/live{self.vms[vm]['console']}"
        return Terminal(address, self.cookies[person], mode)

    async def ask(self, vm: str, kind: str, person: str = "owner", **said: Any) -> tuple[int, dict[str, Any]]:
        """What the page's button does."""
        return await asyncio.to_thread(self._request, f"{self.vms[vm]['page']}act/{kind}/", person, said)

    async def machine(self, vm: str) -> dict[str, Any]:
        _status, told = await asyncio.to_thread(
            self._request, f"{self.vms[vm]['page']}machine/", "owner", None
        )
        return told

    async def act(self, vm: str, kind: str, **said: Any) -> dict[str, Any]:
        """Asked for, and done; what the operation was."""
        status, told = await self.ask(vm, kind, **said)
        assert status == 202, (kind, status, told)
        ended = await self.ended(vm, told["operation"]["id"])
        assert ended["state"] == "succeeded", ended
        return ended

    async def ended(self, vm: str, operation: str, patience: float = SLOW) -> dict[str, Any]:
        end = time.monotonic() + patience
        while time.monotonic() < end:
            told = await self.machine(vm)
            for one in (told["operation"], told["last"]):
                if one and one["id"] == operation and one["state"] not in ("waiting", "running"):
                    return dict(one)
            await asyncio.sleep(0.1)
        raise AssertionError(f"{operation} never ended: {told}")

    async def until_power(self, vm: str, power: str) -> None:
        await self._until(vm, lambda told: bool(told["power"] == power))

    async def until_known(self, vm: str, what: str) -> None:
        await self._until(vm, lambda told: bool(told[what]))

    async def _until(self, vm: str, true: Callable[[dict[str, Any]], bool]) -> None:
        end = time.monotonic() + SLOW
        while not true(told := await self.machine(vm)):
            assert time.monotonic() < end, told
            await asyncio.sleep(0.1)

    def _request(self, path: str, person: str, form: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
        headers = {
            "Cookie": f"sessionid={self.cookies[person]}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Accept": "application/json",
        }
        data = None if form is None else urllib.parse.urlencode(form).encode()
        request = urllib.request.Request(f"http://localhost:{self.port}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                body = refused.read()
            return refused.code, json.loads(body) if body.startswith(b"{") else {"body": body[:500]}

    def spooled(self, vm: str) -> bytes:
        """All of the log from its first byte on, as it is on the disk; no offset twice or missing."""
        found = b""
        for file in sorted((self.var / "spool" / self.vms[vm]["line"]).glob("*.log")):
            assert int(file.stem) == len(found), f"{file.name} after {len(found)} bytes"
            found += file.read_bytes()
        return found

    async def kept_all(self, vm: str) -> None:
        """The log is, byte for byte, what QEMU itself wrote down of that serial port, whoever held it."""
        written = self.guests[vm].parent / "serial.log"
        end = time.monotonic() + QUIET
        while True:
            log, there = self.spooled(vm), written.read_bytes()
            if log[-100:] == there[-100:] or time.monotonic() > end:
                break
            await asyncio.sleep(0.1)
        assert same_but_said_twice(log, there)


def same_but_said_twice(log: bytes, written: bytes) -> bool:
    """QEMU writes a byte into its file once more when it has to wait before the socket takes it; the log has it once."""
    at, before = 0, -1
    for byte in written:
        if at < len(log) and log[at] == byte:
            at += 1
        elif byte != before:
            raise AssertionError(
                f"from {at}: {log[at - 60 : at + 60]!r} has not the {byte:#x} of QEMU's file"
            )
        before = byte
    return at == len(log)
