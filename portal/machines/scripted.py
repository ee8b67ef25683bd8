"""A pretended machine, for the demonstration and for tests. In: scripted://<script>/<name>?power=stopped&… Out: a state in a small file, as if something ran.

`ends` and `begins` are the seconds its guest takes; `ignores`, `refuses` and `hangs` name acts that go wrong; `can` leaves out the rest.
"""

import asyncio
import contextlib
import json
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.machines.base import (
    BAD_SPEC,
    CANNOT,
    REFUSED,
    Agent,
    Can,
    Event,
    Facts,
    Failed,
    Machine,
    Seen,
    State,
)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
OPTIONS = {"power", "begins", "ends", "ignores", "refuses", "hangs", "can"}
ABLE = (Can.POWER, Can.DEALLOCATE, Can.REDEPLOY, Can.NMI, Can.KEYS, Can.AGENT)
LOOK_SECONDS = 1.0
ROOT = Path(__file__).resolve().parents[2]


def var() -> Path:
    """Where the rest of this Homeport is: the hub that plays the guest and the workers are on one host."""
    return Path(os.environ.get("HOMEPORT_VAR") or ROOT / "var")


class ScriptedMachine(Machine):
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.script, self.name = parts.netloc, unquote(parts.path).strip("/") or "guest"
        self._said = dict(parse_qsl(parts.query, keep_blank_values=True))
        if not NAME.fullmatch(self.name) or not self._said.keys() <= OPTIONS:
            raise Failed(BAD_SPEC, f"{url} names no machine, or an option that there is not")
        self._file = var() / "scripted" / f"{self.name}.json"
        try:
            self.can = frozenset(map(Can, self._words("can"))) or frozenset(ABLE)
            self._first = State(self._said.get("power", "running"))
            self._begins, self._ends = (float(self._said.get(key, "1")) for key in ("begins", "ends"))
        except ValueError as error:
            raise Failed(BAD_SPEC, f"{url}: {error}") from error

    async def state(self) -> State:
        await self._met("state")
        return self._state()

    async def start(self) -> None:
        await self._met("start")
        await asyncio.sleep(self._begins)
        self._put(State.RUNNING)

    async def shut_down(self) -> None:
        await self._met("shut_down")
        if "shut_down" not in self._words("ignores"):
            self._put(State.RUNNING, until=time.time() + self._ends)

    async def power_off(self) -> None:
        await self._met("power_off")
        self._put(State.STOPPED)

    async def reset(self) -> None:
        await self._met("reset")
        self._put(State.RUNNING)
        self._tell(b"reset")

    async def deallocate(self) -> None:
        await self._met("deallocate")
        self._put(State.DEALLOCATED)

    async def redeploy(self) -> None:
        await self._met("redeploy")
        self._put(State.STOPPED)

    async def interrupt(self) -> None:
        await self._met("nmi")
        self._tell(b"nmi")

    async def press(self, keys: Sequence[str]) -> None:
        await self._met("press")

    def agent(self) -> Agent:
        if Can.AGENT not in self.can:
            raise Failed(CANNOT)
        return ScriptedAgent(self)

    async def events(self) -> AsyncIterator[Event]:
        seen = None
        while True:
            now = self._state()
            if now is not seen:
                seen = now
                yield Event(Seen.STATE, now)
            await asyncio.sleep(LOOK_SECONDS)

    async def _met(self, act: str) -> None:
        """What its URL says will happen to this act."""
        if act in self._words("refuses"):
            raise Failed(REFUSED, f"{act} is refused, as its URL says")
        if act in self._words("hangs"):
            await asyncio.Event().wait()

    def _tell(self, word: bytes) -> None:
        """The guest that a hub plays on its line, where one does."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
            sock.sendto(word, str(var() / "run" / "scripted" / f"{self.name}.sock"))

    def _words(self, option: str) -> list[str]:
        return [word for word in self._said.get(option, "").split(",") if word]

    def _state(self) -> State:
        try:
            kept = json.loads(self._file.read_text())
        except FileNotFoundError:
            return self._first
        over = kept["until"] is not None and time.time() >= kept["until"]
        return State.STOPPED if over else State(kept["state"])

    def _put(self, state: State, until: float | None = None) -> None:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps({"state": state, "until": until}))
        fresh.replace(self._file)


class ScriptedAgent(Agent):
    def __init__(self, machine: ScriptedMachine) -> None:
        self.machine = machine

    async def ping(self) -> None:
        await self.machine._met("agent")

    async def facts(self) -> Facts:
        await self.machine._met("agent")
        windows = self.machine.script.startswith("windows")
        return Facts(
            os_name="Windows Server 2022" if windows else "Debian GNU/Linux 12 (bookworm)",
            kernel="10.0.20348" if windows else "6.1.0-28-amd64",
            host_name=self.machine.name,
        )

    async def hang_up(self, tty: str) -> int:
        await self.machine._met("agent")
        return 1
