"""Where hubs are found. In: a hub's host and address, told again every few seconds. Out: the address of a host's hub, for as long as it lives.

A hint like all that Redis holds: a hub works on while Redis is away. What keeps a second hub off the same logs is a lock on their folder.
"""

import asyncio
import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

log = structlog.get_logger(__name__)

PREFIX = "homeport:hub:"
LIVES = 15
EVERY = 5.0
LOOK = 1.0
GLANCE = 0.25  # at another's entry, which lives if it is told again
AWAY = (RedisError, OSError)  # TimeoutError is an OSError
LOCK = "hub.lock"


class AnotherHub(Exception):
    """Somebody else holds these logs, or answers for this host. `who` is what is known of them."""

    def __init__(self, who: str) -> None:
        super().__init__(who)
        self.who = who


@dataclass(frozen=True)
class Entry:
    host: str
    address: str
    pid: int
    started_ms: int
    spool: str
    lines: int
    viewers: int


async def find(redis: Redis, host: str) -> str:
    """The address of the host's hub; empty when there is none. Raises RedisError while Redis is away."""
    entry = _entry(await redis.get(PREFIX + host))
    return entry.address if entry else ""


async def all_hubs(redis: Redis) -> list[Entry]:
    keys = sorted([key async for key in redis.scan_iter(match=PREFIX + "*", count=1000)])
    found = [_entry(value) for value in await redis.mget(keys)] if keys else []
    return [entry for entry in found if entry]


class Hold:
    """The lock on a spool folder; `id` is the folder's own, for ever. Raises AnotherHub, or OSError with the system's reason."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        pid, self.id = self._read()
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise AnotherHub(f"PID {pid}") from None
        self.id = self.id or uuid4().hex
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"{os.getpid()} {self.id}\n".encode(), 0)

    def _read(self) -> tuple[str, str]:
        pid, _, spool = os.pread(self._descriptor, 100, 0).decode().strip().partition(" ")
        return pid or "unknown", spool

    def release(self) -> None:
        os.close(self._descriptor)


class Registry:
    """Tells Redis that this hub lives. `count` says how many lines and viewers it has."""

    def __init__(
        self, redis: Redis, host: str, address: str, spool: str, count: Callable[[], tuple[int, int]]
    ) -> None:
        self.redis = redis
        self.host, self.address, self.spool, self.count = host, address, spool, count
        self.pid, self.started_ms = os.getpid(), time.time_ns() // 1_000_000
        self.key = PREFIX + host
        self._said = ""

    async def check(self) -> None:
        """Raises AnotherHub when a hub with other logs answers for this host. One that was killed is waited for until it is forgotten."""
        with contextlib.suppress(*AWAY):
            left = LIVES * 1000
            while (other := await self._other()) is not None:
                before, left = left, await self.redis.pttl(self.key)
                if left > before:
                    raise AnotherHub(f"PID {other.pid}, {other.address}")
                await asyncio.sleep(GLANCE)

    async def keep(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._tell()
            await asyncio.sleep(EVERY)

    async def leave(self) -> None:
        with contextlib.suppress(*AWAY):
            if await self._other() is None:
                await self.redis.delete(self.key)

    async def _tell(self) -> None:
        try:
            async with asyncio.timeout(EVERY):
                told = await self._write()
            self._say("" if told else "another_hub_answers_for_this_host")
        except AWAY as error:
            self._say("redis_away", error=str(error))

    async def _write(self) -> bool:
        """False when another hub answers for this host. Told again when the key changed meanwhile, if only because it expired."""
        async with self.redis.pipeline(transaction=True) as pipe:
            while True:
                await pipe.watch(self.key)
                if self._is_other(_entry(await pipe.get(self.key))):
                    return False
                pipe.multi()
                pipe.set(self.key, json.dumps(asdict(self._now())), ex=LIVES)
                with contextlib.suppress(WatchError):
                    await pipe.execute()
                    return True

    def _now(self) -> Entry:
        lines, viewers = self.count()
        return Entry(self.host, self.address, self.pid, self.started_ms, self.spool, lines, viewers)

    async def _other(self) -> Entry | None:
        """Redis may hang as well as be away, and lines wait to be opened."""
        async with asyncio.timeout(LOOK):
            entry = _entry(await self.redis.get(self.key))
        return entry if self._is_other(entry) else None

    def _is_other(self, entry: Entry | None) -> bool:
        """Whoever had our logs is gone, since the lock on them is ours."""
        return entry is not None and entry.spool != self.spool

    def _say(self, trouble: str, **details: str) -> None:
        """Once when it begins, once when it is over."""
        if trouble and trouble != self._said:
            log.warning(trouble, host=self.host, **details)
        if self._said and not trouble:
            log.info("registered_again", host=self.host)
        self._said = trouble


def _entry(value: bytes | str | None) -> Entry | None:
    """One that cannot be read is none; what a newer hub says besides is passed by."""
    try:
        told = json.loads(value or "")
        return Entry(**{field.name: told[field.name] for field in fields(Entry)})
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
