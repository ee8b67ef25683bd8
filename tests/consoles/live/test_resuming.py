"""What breaks in between: the hub, the network, the web, a browser that draws too slowly. Nothing of the log is lost or told twice."""

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import pytest

from accounts import actions
from accounts.models import AuditEntry
from consoles.hub.hub import Hub
from consoles.hub.window import LEAST
from consoles.models import ConsoleSession
from consoles.relay import reaching
from consoles.threads import in_thread
from consoles.wire import MAX_FRAME, U64, WINDOW, Close, Op
from tests.consoles.hub.support import MIB, numbered, until
from tests.consoles.live.browser import PATIENCE
from tests.consoles.live.conftest import Stage

pytestmark = pytest.mark.django_db(transaction=True)


async def restarted(stage: Stage) -> None:
    """A new hub over the same logs, at the same place."""
    stage.host.hub = Hub(stage.host.settings)
    await stage.host.hub.start()
    await stage.host.hub.want(stage.host.specs)


async def test_a_hub_that_dies_and_returns_is_resumed_without_gap_or_repeat(stage: Stage) -> None:
    device = await stage.attach_device()
    writer, watcher = await stage.attached("owner"), await stage.attached("watcher", mode="watch")
    await device.print(numbered(1000))
    for one in (writer, watcher):
        await one.reads(numbered(1, 999))
    await stage.host.hub.drain()
    told = await writer.until(Op.HUB, up=False)
    assert told["next_ms"] > 0
    await until(lambda: not device.connected.is_set())
    await restarted(stage)
    await device.print(numbered(1000, 1000))
    for one in (writer, watcher):
        await one.reads(numbered(1, 1999))
        assert bytes(one.text) == numbered(2000)
        assert [told["up"] for told in one.told(Op.HUB)][-1] is True
    modes = [told["mode"] for told in writer.told(Op.ATTACHED)]
    assert modes == ["write", "write"]
    assert await in_thread(ConsoleSession.objects.filter(ended_at=None).count) == 2


async def test_it_answers_pings_while_the_hub_is_away_and_types_to_nobody(stage: Stage) -> None:
    device = await stage.attach_device()
    browser = await stage.attached("owner")
    await stage.host.hub.drain()
    await browser.until(Op.HUB, up=False)
    browser.type(b"lost\r")
    browser.send(Op.PING, b"abcd")
    await browser.until(Op.PONG)
    await browser.leave()
    assert b"lost" not in device.heard
    assert (await in_thread(ConsoleSession.objects.get)).bytes_in == 0


async def test_a_page_that_lost_its_network_comes_back_to_its_seat_and_its_place(stage: Stage) -> None:
    device = await stage.attach_device()
    page = "a-page-of-the-owner"
    browser = await stage.attached("owner", page=page)
    await device.print(numbered(100))
    await browser.reads(numbered(1, 99))
    await browser.leave(1006)
    other = await stage.attached("contributor")
    assert other.told(Op.ATTACHED)[0]["mode"] == "watch"
    await device.print(numbered(100, 100))
    again = await stage.attached("owner", page=page, **{"from": browser.at})
    await again.reads(numbered(1, 199))
    assert bytes(browser.text + again.text) == numbered(200)
    assert again.told(Op.ATTACHED)[0]["mode"] == "write"
    ends = await in_thread(lambda: list(ConsoleSession.objects.values_list("end_code", flat=True)))
    assert sorted(ends) == ["", "", "dropped"]


async def test_old_output_goes_to_whoever_was_there_when_it_was_new_and_to_nobody_else(stage: Stage) -> None:
    device = await stage.attach_device()
    browser = await stage.attached("owner")
    await device.print(numbered(100))
    await browser.reads(numbered(1, 99))
    await browser.leave(1006)
    await until(lambda: stage.host.hub.report()["viewers"] == 0)
    printed = b"#" * 2 * MIB + b"the end"
    await device.print(printed)
    await until(lambda: stage.host.hub.report()["lines"][0]["end"] == 1000 + len(printed))
    again = await stage.attached("owner", **{"from": browser.at})
    await again.reads(b"the end")
    assert (len(again.text), again.told(Op.SKIP)) == (len(printed), [])
    for _ in range(2):  # having asked for all of it once is not having been there
        other = await stage.attached("contributor", **{"from": 0})
        await other.reads(b"the end")
        assert (len(other.text), len(other.told(Op.SKIP))) == (MIB, 1)
        await other.leave()
        await until(lambda: stage.host.hub.report()["viewers"] == 1)


async def test_where_a_session_began_is_kept_before_it_ends(stage: Stage) -> None:
    device = await stage.attach_device()
    await device.print(numbered(100))
    await until(lambda: stage.host.hub.report()["lines"][0]["end"] == 1000)
    browser = await stage.attached("owner", tail=500)
    start = browser.told(Op.ATTACHED)[0]["from"]
    assert start > 0
    async with asyncio.timeout(PATIENCE):
        while (await in_thread(ConsoleSession.objects.get)).from_offset != start:
            pass


async def test_the_same_page_twice_ends_the_older_socket(stage: Stage) -> None:
    await stage.attach_device()
    older = await stage.attached("owner", page="a-page-of-the-owner")
    newer = await stage.attached("owner", page="a-page-of-the-owner")
    assert await older.closed() == Close.ENDED
    assert older.told(Op.REFUSED) == [{"code": "replaced"}]
    assert newer.told(Op.ATTACHED)[0]["mode"] == "write"


async def test_whoever_leaves_on_purpose_frees_the_keyboard_at_once(stage: Stage) -> None:
    await stage.attach_device()
    owner = await stage.attached("owner")
    await owner.leave(1000)
    other = await stage.attached("contributor")
    assert other.told(Op.ATTACHED)[0]["mode"] == "write"


async def test_a_take_over_is_recorded_by_whoever_came_with_who_lost_it(stage: Stage) -> None:
    await stage.attach_device()
    owner = await stage.attached("owner")
    other = await stage.attached("contributor")
    lost = owner.told(Op.ATTACHED)[0]["viewer"]
    other.say(Op.TAKE, **{"from": lost})
    await owner.until(Op.NOTICE, kind="taken")
    await other.until(Op.PRESENCE, writer=other.told(Op.ATTACHED)[0]["viewer"])
    await other.leave()
    await owner.until(Op.PRESENCE, writer=None)
    owner.send(Op.ASK)
    await owner.until(Op.PRESENCE, writer=lost)
    await owner.leave()
    entries = await in_thread(
        lambda: list(AuditEntry.objects.filter(action=actions.TAKE_OVER).order_by("seq"))
    )
    told = [(entry.principal_name, entry.details["how"], entry.details.get("name")) for entry in entries]
    assert told == [("contributor", "taken", "owner"), ("owner", "free", None)]
    modes = await in_thread(lambda: dict(ConsoleSession.objects.values_list("principal_name", "mode")))
    assert modes == {"owner": "write", "contributor": "write"}


async def test_a_session_is_listed_with_what_it_got_not_what_it_asked_for(stage: Stage) -> None:
    await stage.attach_device()
    await stage.attached("owner")
    second = await stage.attached("contributor", mode="write")
    assert second.told(Op.ATTACHED)[0]["mode"] == "watch"
    async with asyncio.timeout(PATIENCE):
        while await in_thread(ConsoleSession.objects.filter(mode="watch").count) == 0:
            await asyncio.sleep(0.01)


async def test_a_browser_that_draws_nothing_is_sent_a_window_and_no_more(stage: Stage) -> None:
    device = await stage.attach_device()
    slow, quick = await stage.attached("owner"), await stage.attached("watcher", mode="watch")
    slow.acks = False
    flood = numbered(200_000)
    printing = asyncio.create_task(device.print(flood))
    await quick.reads(flood[-10:])
    await printing
    while len(slow.text) <= LEAST:
        await slow.next()
    assert len(slow.text) <= WINDOW + MAX_FRAME
    assert slow._out.empty()
    slow.acks = True
    slow.send(Op.ACK, U64.pack(slow.at))
    await slow.reads(flood[-10:])
    assert bytes(slow.text) == bytes(quick.text) == flood


@asynccontextmanager
async def cancelled_web(stage: Stage, person: str) -> Any:
    browser = await stage.attached(person)
    before = asyncio.all_tasks() - {browser.task}
    yield browser
    browser.task.cancel()
    await browser.ended()
    left = {
        task for task in asyncio.all_tasks() - before if "Relay" in repr(task) or "Watching" in repr(task)
    }
    assert left == set()


async def test_a_web_that_stops_says_so_and_leaves_no_task_behind(stage: Stage) -> None:
    await stage.attach_device()
    async with cancelled_web(stage, "owner") as browser:
        pass
    assert await browser.closed() == Close.RESTARTING
    session = await in_thread(ConsoleSession.objects.get)
    assert session.end_code == "restarting"
    other = await stage.attached("contributor")
    assert other.told(Op.ATTACHED)[0]["mode"] == "watch"


async def test_without_a_hub_it_is_attached_once_there_is_one(stage: Stage) -> None:
    await stage.host.hub.drain()
    browser = await stage.browser("owner")
    assert await browser.open()
    await browser.until(Op.HUB, up=False, code="no_hub")
    await restarted(stage)
    await browser.until(Op.HUB, up=False, code="no_line")
    await stage.attach_device()
    await browser.until(Op.ATTACHED)


def test_tries_come_later_and_later_and_never_all_at_once() -> None:
    waits = [reaching.next_wait(wait) for wait in (0.0, 0.25, 1.0, 5.0, 100.0)]
    assert all(0.17 <= wait <= reaching.LAST for wait in waits)
    assert len({reaching.next_wait(5.0) for _ in range(10)}) > 1
