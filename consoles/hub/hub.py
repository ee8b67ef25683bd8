"""All lines of one host. In: which lines are wanted. Out: each of them open and recorded, found by viewers through the server."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consoles.hub.holding import hold
from consoles.hub.line import Line, Tell
from consoles.hub.lookout import Lookout
from consoles.hub.reading import Reading
from consoles.hub.server import Server
from consoles.hub.spec import HubSettings, LineSpec


@dataclass
class Kept:
    line: Line
    task: asyncio.Task[None]
    retry: asyncio.Event


class Hub:
    """`tell` hears what the records want to know: that a guest was "logged_out", or what was "seen" in what it printed."""

    def __init__(self, settings: HubSettings, tell: Tell = lambda what, spec, about: None) -> None:
        self.settings, self._tell = settings, tell
        self.started_ms = int(time.time() * 1000)
        self._loop = asyncio.get_running_loop()
        self._reading = Reading(self._loop)
        self._lookout = Lookout(self._loop)
        self._turn = asyncio.Semaphore(settings.opening_at_once)
        self._kept: dict[str, Kept] = {}
        self._server = Server(settings.listening, self, self._loop)

    async def start(self) -> None:
        self.settings.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        await self._server.start()

    async def want(self, specs: list[LineSpec]) -> None:
        """The same list again changes nothing; a line whose endpoint changed is opened anew, with the same log."""
        wanted = {spec.id: spec for spec in specs}
        for line_id, kept in list(self._kept.items()):
            spec = wanted.get(line_id)
            if spec is None or spec.url != kept.line.spec.url:
                await self._drop(line_id, "no_line" if spec is None else "changed")
            elif spec != kept.line.spec:
                kept.line.spec = spec
                kept.line.recording.spool.set_limit(spec.limit)
        for line_id, spec in wanted.items():
            if line_id not in self._kept:
                self._keep(spec)

    def _keep(self, spec: LineSpec) -> None:
        line = Line(spec, self.settings.spool / spec.id, self._reading, self._lookout, self._loop, self._tell)
        retry = asyncio.Event()
        task = self._loop.create_task(hold(line, self.settings.drivers, self._turn, retry))
        self._kept[spec.id] = Kept(line, task, retry)

    async def _drop(self, line_id: str, code: str) -> None:
        kept = self._kept.pop(line_id)
        kept.task.cancel()
        await asyncio.gather(kept.task, return_exceptions=True)
        await kept.line.close(code)

    def line(self, line_id: str) -> Line | None:
        """For somebody who attaches: a line that waits for its next try is tried now."""
        kept = self._kept.get(line_id)
        if kept is None:
            return None
        kept.retry.set()
        return kept.line

    def held(self, line_id: str) -> Line | None:
        kept = self._kept.get(line_id)
        return kept.line if kept else None

    @property
    def spool(self) -> Path:
        return self.settings.spool

    async def drain(self) -> None:
        """Nobody new, everybody told, every log closed."""
        await self._server.stop()
        for line_id in list(self._kept):
            await self._drop(line_id, "draining")

    def count(self) -> tuple[int, int]:
        """Lines and viewers."""
        return len(self._kept), sum(len(kept.line.audience.viewers) for kept in self._kept.values())

    def report(self) -> dict[str, Any]:
        lines = [kept.line.report() for kept in self._kept.values()]
        return {
            "host": self.settings.host,
            "address": self.settings.listening.address,
            "started_ms": self.started_ms,
            "lines": lines,
            "viewers": sum(line["viewers"] for line in lines),
        }
