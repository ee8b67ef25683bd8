"""Starts Redis, the preparation and the processes in this order, says when the portal answers, and stops them all.

In: options and what to run, the last of it when all has stopped. Out: an exit code; whatever happens, nothing that was started is left running.
"""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from portal.run import certificates, places, ports, redis_server, sessions
from portal.run.child import Child, Spec, environment
from portal.run.errors import CannotStartError
from portal.run.guard import Guard
from portal.run.options import ROOT, Options
from portal.run.output import Output

GRACE = 6.0
REDIS_GRACE = 2.0
REDIS_START = 15.0


@dataclass(frozen=True)
class Plan:
    preparation: Spec
    processes: list[Spec]
    ready: Callable[[], Awaitable[None]]
    farewell: Spec | None = None


class Supervisor:
    def __init__(self, options: Options, plan: Plan, guard: Guard, output: Output) -> None:
        self.options = options
        self.plan = plan
        self.guard = guard
        self.output = output
        self.environment = environment(str(options.var))
        self.redis: Child | None = None
        self.children: list[Child] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()

    async def run(self) -> int:
        self._listen()
        work = asyncio.create_task(self._work())
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([work, stop], return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else 0
        finally:
            stop.cancel()
            await self._end(work)

    async def _work(self) -> int:
        if self.options.own_redis:
            await self._start_redis()
        prepare = self._child(self.plan.preparation)
        if await prepare.once(collect=True):
            self.output.line("run", "Homeport could not be prepared, as said above.")
            return 1
        for spec in self.plan.processes:
            self._keep(self._child(spec))
        await self.plan.ready()
        self._greet(prepare.collected)
        await self._stop.wait()
        return 0

    async def _start_redis(self) -> None:
        program = redis_server.binary(ROOT)
        path = redis_server.socket_path(self.options.var)
        log = redis_server.log_path(self.options.var)
        path.unlink(missing_ok=True)
        spec = Spec("redis", redis_server.command(program, self.options.var), log)
        self.redis = Child(spec, self.environment, self.output, self.guard)
        self._keep(self.redis)
        try:
            async with asyncio.timeout(REDIS_START):
                while not await asyncio.to_thread(redis_server.answers, path):
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise CannotStartError(
                f"The private Redis ({program}) does not start; {log} says why. Or set REDIS_URL."
            ) from error

    def _child(self, spec: Spec) -> Child:
        child = Child(spec, self.environment, self.output, self.guard)
        self.children.append(child)
        return child

    def _keep(self, child: Child) -> None:
        self._tasks.append(asyncio.create_task(child.keep()))

    def _greet(self, welcome: list[str]) -> None:
        lines = [
            "Homeport is ready:",
            *(f"  {address}" for address in (self.options.http, self.options.https) if address),
        ]
        if self.options.https:
            lines.append(f"  (https is signed by {self.options.var / 'tls' / 'ca.pem'})")
        for line in [*lines, *welcome, "Ctrl-C stops it."]:
            self.output.line("run", line)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop)
        self.output.on_closed = self._stop.set

    def _asked_to_stop(self) -> None:
        """Asked a second time, it waits for nobody."""
        if self._stop.is_set():
            sessions.kill(self.guard.pids)
        self._stop.set()

    async def _end(self, work: "asyncio.Task[int]") -> None:
        """Redis last: the others use it to the end."""
        if self._stop.is_set():
            self.output.line("run", "Stopping.")
        work.cancel()
        await asyncio.wait([work])
        await asyncio.gather(*(child.stop(GRACE) for child in self.children))
        if self.plan.farewell:
            await self._child(self.plan.farewell).once()
        if self.redis:
            await self.redis.stop(REDIS_GRACE)
        await asyncio.gather(*self._tasks)


def supervise(options: Options, plan: Plan) -> int:
    """Refuses what cannot work before anything starts."""
    places.make(options.var)
    if options.own_redis:
        redis_server.socket_path(options.var)
    lock = places.lock(options.var)
    ports.check(options)
    certificates.ensure(options.var / "tls", options.tls_names)
    guard = Guard(lock)
    try:
        return asyncio.run(Supervisor(options, plan, guard, Output()).run())
    finally:
        guard.close()
