"""A real hub process follows what people change, while Redis and the database come and go."""

import asyncio
import io
import json
import os
import signal
import stat
from typing import Any

from django.core.management import call_command

from tests.consoles.hub_process.impatient import FOLLOWING, REGISTRY
from tests.consoles.hub_process.place import Place

SOON = 2.0


async def test_it_registers_and_follows_each_change_within_two_seconds(place: Place) -> None:
    place.redis()
    hub = place.hub()
    await asyncio.to_thread(hub.until, "hub_up")
    place.do("add", name="web-1", url="loop://")
    assert await place.holds("web-1") < SOON
    (entry,) = await place.registered()
    assert (entry.host, entry.address, entry.pid) == ("local", f"unix://{place.socket}", hub.process.pid)
    assert stat.S_IMODE(place.socket.stat().st_mode) == 0o600
    place.do("add", name="web-2", url="loop://")
    assert await place.holds("web-1", "web-2") < SOON
    place.do("port", name="web-1", on=False)
    assert await place.holds("web-2") < SOON
    place.do("port", name="web-1", on=True)
    assert await place.holds("web-1", "web-2") < SOON
    place.do("boot_diagnostics", name="web-2", on=False)
    assert await place.holds("web-1") < SOON
    place.do("remove", name="web-1")
    assert await place.holds() < SOON


async def test_a_change_of_which_it_was_not_told_is_found_on_the_timer(place: Place) -> None:
    place.redis()
    place.hub(FOLLOWING)
    place.do("add", name="web-1", url="loop://")
    await place.holds("web-1")
    place.do("quietly_off", name="web-1")
    await place.holds()


async def test_it_works_on_while_redis_is_dead_and_is_found_again_afterwards(place: Place) -> None:
    first = place.redis()
    hub = place.hub(REGISTRY)
    place.do("add", name="web-1", url="loop://")
    await place.holds("web-1")
    os.kill(first.process.pid, signal.SIGKILL)
    first.ended()
    await asyncio.to_thread(hub.until, "redis_away")
    place.do("add", name="web-2", url="loop://")
    await place.holds("web-1", "web-2")
    place.redis()
    await asyncio.to_thread(hub.until, "registered_again")
    assert [entry.pid for entry in await place.registered()] == [hub.process.pid]
    place.do("remove", name="web-2")
    await place.holds("web-1")
    assert sum("redis_away" in line for line in hub.seen) == 1
    assert not any("Traceback" in line for line in hub.seen)


async def test_a_database_that_is_away_leaves_its_lines_as_they_are(place: Place) -> None:
    place.redis()
    hub = place.hub(FOLLOWING)
    place.do("add", name="web-1", url="loop://")
    await place.holds("web-1")
    files = list(place.var.glob("homeport.sqlite3*"))
    for file in files:
        file.rename(place.var / f"aside-{file.name}")
    (place.var / "homeport.sqlite3").mkdir()
    await asyncio.to_thread(hub.until, "database_away")
    assert await place.lines() == {"web/web-1": "up"}
    (place.var / "homeport.sqlite3").rmdir()
    for file in files:
        (place.var / f"aside-{file.name}").rename(file)
    await asyncio.to_thread(hub.until, "database_back")
    assert await place.lines() == {"web/web-1": "up"}


async def test_hub_status_shows_hubs_and_their_lines(place: Place, settings: Any) -> None:
    settings.REDIS_URL = place.environment["REDIS_URL"]
    place.redis()
    place.hub()
    line = place.do("add", name="web-1", url="loop://")
    await place.holds("web-1")
    for arguments in ((), ("--json",)):
        told = io.StringIO()
        await asyncio.to_thread(call_command, "hub_status", *arguments, stdout=told)
        assert str(place.socket) in told.getvalue()
        assert "web/web-1" in told.getvalue()
    (hub,) = json.loads(told.getvalue())
    assert [(one["id"], one["state"]) for one in hub["lines"]] == [(line, "up")]
