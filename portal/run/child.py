"""One supervised process: started, its lines passed on with its name, started again when it dies."""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.run import sessions
from portal.run.guard import Guard
from portal.run.options import ROOT
from portal.run.output import Output

LONGEST_PAUSE = 30.0
HEALTHY = 60.0
LONGEST_LINE = 32 * 1024
# Not asyncio's own subprocesses: their wait() lasts until the pipes close, which an orphan may keep open.
WAITERS = ThreadPoolExecutor(max_workers=32, thread_name_prefix="wait")


@dataclass(frozen=True)
class Spec:
    name: str
    command: tuple[str, ...]
    log: Path | None = None

    @property
    def said(self) -> str:
        return f" (its log: {self.log})" if self.log else ""


class BackOff:
    """1, 2, 4 … 30 seconds, from the start again after a minute of health."""

    def __init__(self) -> None:
        self.deaths = 0

    def after(self, lived: float) -> float:
        self.deaths = 1 if lived >= HEALTHY else self.deaths + 1
        return min(2.0 ** (self.deaths - 1), LONGEST_PAUSE)


class Child:
    def __init__(self, spec: Spec, environment: dict[str, str], output: Output, guard: Guard) -> None:
        self.spec = spec
        self.environment = environment
        self.output = output
        self.guard = guard
        self.pid: int | None = None
        self.collected: list[str] = []
        self._stopping = asyncio.Event()

    async def keep(self) -> None:
        """Runs it until `stop`, again and again."""
        back_off = BackOff()
        while not self._stopping.is_set():
            started = asyncio.get_running_loop().time()
            ending = describe(await self.once())
            if self._stopping.is_set():
                return
            pause = back_off.after(asyncio.get_running_loop().time() - started)
            self.output.line(
                "run", f"{self.spec.name} {ending}; starting it again in {pause:g} s{self.spec.said}."
            )
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)

    async def once(self, *, collect: bool = False) -> int:
        """Runs it to its end. With `collect`, what it prints on standard output is kept for later."""
        try:
            process = self._start()
        except OSError as error:
            self.output.line("run", f"{self.spec.command[0]} cannot be started: {error.strerror}.")
            return 127
        self.pid = process.pid
        self.guard.watch(process.pid)
        if self._stopping.is_set():
            sessions.kill([process.pid])
        reading = asyncio.gather(
            self._pass_on(process.stderr, self._print), self._pass_on(process.stdout, self._taker(collect))
        )
        code = await asyncio.get_running_loop().run_in_executor(WAITERS, process.wait)
        await self._clear(process.pid, reading)
        return code

    async def stop(self, grace: float) -> None:
        self._stopping.set()
        if self.pid:
            await asyncio.to_thread(sessions.end, [self.pid], grace)

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.spec.command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    async def _clear(self, pid: int, reading: "asyncio.Future[tuple[None, None]]") -> None:
        """What it left behind ends too: a new one would fight with it for ports and jobs."""
        if sessions.members([pid]):
            await asyncio.to_thread(sessions.end, [pid], 2.0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reading, 2.0)
        self.pid = None
        self.guard.forget(pid)

    async def _pass_on(self, pipe: IO[bytes] | None, take: Callable[[str], None]) -> None:
        stream = asyncio.StreamReader()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), pipe
        )
        with contextlib.closing(transport):
            await self._lines(stream, take)

    async def _lines(self, stream: asyncio.StreamReader, take: Callable[[str], None]) -> None:
        rest = b""
        while chunk := await stream.read(LONGEST_LINE):
            *lines, rest = (rest + chunk).split(b"\n")
            if len(rest) > LONGEST_LINE:
                lines, rest = [*lines, rest], b""
            for line in lines:
                take(line.decode(errors="replace"))
        if rest:
            take(rest.decode(errors="replace"))

    def _taker(self, collect: bool) -> Callable[[str], None]:
        return self.collected.append if collect else self._print

    def _print(self, text: str) -> None:
        self.output.line(self.spec.name, text)


def describe(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return (
        f"was ended by {signal.Signals(-code).name}"
        if -code in set(signal.Signals)
        else f"was ended by signal {-code}"
    )


def environment(var: str) -> dict[str, str]:
    """What children inherit: one var directory whatever their working directory, and lines as they come."""
    ours = {"HOMEPORT_VAR": var, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "portal.config.settings"}
    return {**os.environ, **ours}
