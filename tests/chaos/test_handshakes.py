"""Five thousand handshakes of every kind leave the portal answering, with nothing open and nothing kept."""

import asyncio
import random
import time
import urllib.request
from collections import Counter

import psutil
import pytest

from tests.chaos.page import Page
from tests.chaos.portal import MIB, Portal
from tests.chaos.shaking import Shaker
from tests.chaos.waiting import until

pytestmark = pytest.mark.chaos

SHARES = {
    "valid": 250,
    "abandoned": 250,
    "foreign": 1200,
    "nonsense": 1000,
    "elsewhere": 500,
    "unknown": 400,
    "garbage": 400,
    "half": 1000,
}
ANSWERS = {
    "valid": {101, 0},  # the last of many at once may come to their turn too late
    "foreign": {403},
    "nonsense": {403},
    "elsewhere": {403},
    "unknown": {403},
    "garbage": {0, 400},
}
AT_ONCE = 40  # besides those that are half open


async def test_five_thousand_handshakes_leave_the_portal_answering_and_nothing_open(portal: Portal) -> None:
    await portal.at_rest()
    known = open_now(portal)
    await shake(portal, {kind: share // 10 for kind, share in SHARES.items() if kind != "half"})
    await until(lambda: open_now(portal) <= known)
    web = psutil.Process(portal.running["web"].process.pid)
    memory, files = web.memory_info().rss, web.num_fds()
    asking = asyncio.create_task(answers_meanwhile(portal))
    assert sum(SHARES.values()) == 5000
    seen = await shake(portal, SHARES)
    for kind, statuses in seen.items():
        assert set(statuses) <= ANSWERS.get(kind, {0}), (kind, statuses)
    assert seen["valid"][101] > 0.9 * SHARES["valid"], seen["valid"]
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking  # its own complaint, had it one
    await until(lambda: open_now(portal) <= known)
    await until(lambda: web.num_fds() <= files + 10)
    assert web.memory_info().rss - memory < 32 * MIB
    async with Page(portal.address("quiet"), portal.cookies["owner"]) as page:
        assert page.writes
        await page.type(b"still here\r")
        await portal.guests["quiet"].hears(b"still here\r")


async def shake(portal: Portal, shares: dict[str, int]) -> dict[str, Counter[int]]:
    people = [Shaker(portal, "quiet", person) for person in ("owner", "watcher")]
    kinds = [kind for kind, count in shares.items() for _ in range(count)]
    random.shuffle(kinds)
    seen: dict[str, Counter[int]] = {kind: Counter() for kind in shares}
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(number: int, kind: str) -> None:
        shaker = people[number % len(people)]
        if kind == "half":
            seen[kind][await shaker.half()] += 1
            return
        async with turn:
            seen[kind][await getattr(shaker, kind)()] += 1

    await asyncio.gather(*(one(number, kind) for number, kind in enumerate(kinds)))
    return seen


def open_now(portal: Portal) -> set[str]:
    """Sessions of those who went without a word end as soon as that is noticed."""
    return {
        found for (found,) in portal.rows("SELECT id FROM consoles_consolesession WHERE ended_at IS NULL")
    }


async def answers_meanwhile(portal: Portal) -> None:
    """Somebody who looks at a page of the portal gets it, again and again."""
    while True:
        start = time.monotonic()
        assert await asyncio.to_thread(state, portal) == 200
        assert time.monotonic() - start < 10
        await asyncio.sleep(0.1)


def state(portal: Portal) -> int:
    url = f"http://{portal.host}{portal.vms['quiet']['url']}state/"
    asked = urllib.request.Request(url, headers={"Cookie": f"sessionid={portal.cookies['owner']}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return int(answer.status)
