"""How hubs are found, with a real Redis."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from consoles.hub import registry
from consoles.hub.registry import PREFIX, AnotherHub, Registry, all_hubs, find

HOST = "rack-2"


@pytest.fixture
async def redis(redis_path: Path) -> AsyncIterator[Redis]:
    async with Redis.from_url(f"unix://{redis_path}") as server:
        await server.flushall()
        yield server


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "EVERY", 0.05)
    monkeypatch.setattr(registry, "GLANCE", 0.01)


def hub(redis: Redis, spool: str = "logs-1") -> Registry:
    return Registry(redis, HOST, f"unix:///{spool}.sock", spool, lambda: (1, 0))


async def told(one: Registry) -> None:
    """Tells it once, as `keep` does again and again."""
    keeping = asyncio.create_task(one.keep())
    while await find(one.redis, HOST) != one.address:
        await asyncio.sleep(0.01)
    keeping.cancel()


async def test_a_hub_is_found_until_it_leaves(redis: Redis) -> None:
    one = hub(redis)
    assert await find(redis, HOST) == ""
    await told(one)
    assert await find(redis, HOST) == one.address
    assert [(entry.host, entry.lines) for entry in await all_hubs(redis)] == [(HOST, 1)]
    await one.leave()
    assert await find(redis, HOST) == ""


@pytest.mark.parametrize(
    "entry", ["", "{", "[]", "7", "{}", "[" * 100_000, '{"host": "rack-2", "address": 7}', b"\xff"]
)
async def test_an_entry_that_cannot_be_read_is_none(redis: Redis, entry: str | bytes) -> None:
    one = hub(redis)
    await redis.set(PREFIX + "elsewhere", entry)
    assert (await find(redis, "elsewhere"), await all_hubs(redis)) == ("", [])
    await redis.set(PREFIX + HOST, entry)
    await told(one)


async def test_what_a_newer_hub_says_besides_is_passed_by(redis: Redis) -> None:
    one = hub(redis)
    await told(one)
    known = json.loads(await redis.get(PREFIX + HOST))
    await redis.set(PREFIX + HOST, json.dumps({**known, "protocol": 2}))
    assert await find(redis, HOST) == one.address


async def test_one_of_a_killed_hub_that_expires_while_it_is_told_anew_is_told_again(redis: Redis) -> None:
    """A Redis that comes back brings entries along whose time is over, and removes them when they are read."""
    await redis.execute_command("DEBUG", "SET-ACTIVE-EXPIRE", "0")
    try:
        await redis.set(PREFIX + HOST, "{}", px=1)
        await asyncio.sleep(0.01)
        one = hub(redis)
        assert await one._write()
        assert await find(redis, HOST) == one.address
    finally:
        await redis.execute_command("DEBUG", "SET-ACTIVE-EXPIRE", "1")


async def test_a_second_hub_with_other_logs_is_refused_while_the_first_tells(
    redis: Redis, quick: None
) -> None:
    first = hub(redis)
    keeping = asyncio.create_task(first.keep())
    with pytest.raises(AnotherHub, match="logs-1"):
        async with asyncio.timeout(10):
            while True:
                await hub(redis, "logs-2").check()
    keeping.cancel()
    assert await find(redis, HOST) == first.address


async def test_a_second_hub_waits_until_one_that_was_killed_is_forgotten(redis: Redis, quick: None) -> None:
    await told(hub(redis))
    await redis.pexpire(PREFIX + HOST, 100)
    async with asyncio.timeout(10):
        await hub(redis, "logs-2").check()
    assert await find(redis, HOST) == ""


async def test_one_that_comes_back_to_its_own_logs_waits_for_nobody(redis: Redis) -> None:
    await told(hub(redis))
    async with asyncio.timeout(10):
        await hub(redis).check()
    assert await find(redis, HOST) != "", "the entry was there all the time"
