"""Starts Redis, the preparation and the processes in this order, says when the portal answers, and stops them all.

In: options and what to run. Out: an exit code; whatever happens, nothing that was started is left running.
"""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from portal.run import places, ports, redis_server, sessions
from portal.run.child import Child, Spec, environment
from portal.run.guard import Guard
from portal.run.options import ROOT, Options
from portal.run.output import Output
from portal.run.refusal import Refusal

GRACE = 7.0
REDIS_GRACE = 2.0
REDIS_START = 15.0


@dataclass(frozen=True)
class Plan:
    preparation: Spec
    processes: list[Spec]
    ready: Callable[[], Awaitable[None]]


class Supervisor:
    def __init__(self, options: Options, plan: Plan, output: Output) -> None:
        self.options = options
        self.plan = plan
        self.output = output
        self.guard = Guard(places.lock(options.var))
        self.environment = environment(str(options.var))
        self.redis: Child | None = None
        self.children: list[Child] = []
        self.welcome: list[str] = []
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
        code = await prepare.once(collect=True)
        self.welcome = prepare.collected
        if code:
            self.output.line("run", "Homeport could not be prepared (see above); nothing was started.")
            return 1
        self.children.remove(prepare)
        self._tasks += [asyncio.create_task(self._child(spec).keep()) for spec in self.plan.processes]
        await self.plan.ready()
        self._greet()
        await self._stop.wait()
        return 0

    async def _start_redis(self) -> None:
        program = redis_server.binary(ROOT)
        path = redis_server.socket_path(self.options.var)
        path.unlink(missing_ok=True)
        self.redis = Child(Spec("redis", redis_server.command(program, self.options.var)), self.environment, self.output, self.guard)
        self._tasks.append(asyncio.create_task(self.redis.keep()))
        try:
            async with asyncio.timeout(REDIS_START):
                while not await asyncio.to_thread(redis_server.answers, path):
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise Refusal(f"The private Redis ({program}) does not start; its messages are above. Or set REDIS_URL.") from error

    def _child(self, spec: Spec) -> Child:
        child = Child(spec, self.environment, self.output, self.guard)
        self.children.append(child)
        return child

    def _greet(self) -> None:
        self.output.line("ready", "Homeport is ready:")
        for address in filter(None, (self.options.http, self.options.https)):
            self.output.line("ready", f"  {address}")
        if self.options.https:
            self.output.line("ready", f"  The https certificate is signed by {self.options.var / 'tls' / 'ca.pem'}")
        for line in self.welcome:
            self.output.line("ready", line)
        self.output.line("ready", "Ctrl-C stops it.")

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_stop)
        self.output.on_closed = self._stop.set

    def _asked_to_stop(self) -> None:
        """Asked a second time, it waits for nobody."""
        if self._stop.is_set():
            sessions.kill(child.pid for child in [*self.children, self.redis] if child and child.pid)
        self._stop.set()

    async def _end(self, work: "asyncio.Task[int]") -> None:
        """Redis last: the others use it to the end."""
        if self._stop.is_set():
            self.output.line("run", "Stopping.")
        await asyncio.gather(*(child.stop(GRACE) for child in self.children))
        if self.redis:
            await self.redis.stop(REDIS_GRACE)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError, Refusal):
            await work
        await asyncio.gather(*self._tasks)
        self.guard.close()


def supervise(options: Options, plan: Plan) -> int:
    """Refuses what cannot work before anything starts."""
    places.make(options.var)
    redis_server.socket_path(options.var)

    async def run() -> int:
        return await Supervisor(options, plan, Output()).run()

    ports.check(options)
    return asyncio.run(run())
