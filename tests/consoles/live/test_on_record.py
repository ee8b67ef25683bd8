"""Nothing reaches a line that is not on record with who did it, whoever leaves at whatever moment."""

import asyncio
from typing import Any

import pytest

from accounts import actions
from accounts.models import AuditEntry
from consoles.hub import server
from consoles.models import ConsoleSession
from consoles.relay import relay
from consoles.threads import in_thread
from consoles.wire import U16, Op
from tests.consoles.hub.support import Device
from tests.consoles.live.browser import PATIENCE, Browser
from tests.consoles.live.conftest import Stage
from tests.consoles.live.test_breaks import breaks, entries, monitor, recorded
from tests.consoles.monitor import Monitor

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["monitor"]


def me(browser: Browser) -> str:
    return str(browser.told(Op.ATTACHED)[0]["viewer"])


def takes(browser: Browser, writer: Browser | None) -> None:
    browser.say(Op.TAKE, **{"from": me(writer) if writer else None})


async def takeovers() -> list[tuple[str, str, str | None]]:
    found = AuditEntry.objects.filter(action=actions.TAKE_OVER).order_by("seq")
    rows = await in_thread(lambda: list(found.values_list("principal_name", "details")))
    return [(name, details["how"], details.get("name")) for name, details in rows]


async def session_of(browser: Browser) -> ConsoleSession:
    return await in_thread(ConsoleSession.objects.get, id=me(browser))


async def heard_in_all(owner: Browser, device: Device) -> bytes:
    """Once the owner, whose keyboard was taken, types again, whatever was typed before has come."""
    await owner.until(Op.NOTICE, kind="taken")
    await owner.until(Op.PRESENCE, writer=None)
    takes(owner, None)
    await owner.until(Op.PRESENCE, writer=me(owner))
    owner.type(b"end")
    await device.hears(b"end")
    return bytes(device.heard).removesuffix(b"end")


async def pair(stage: Stage) -> tuple[Browser, Browser]:
    return await stage.attached("owner"), await stage.attached("contributor", mode="watch")


async def test_whoever_takes_over_types_and_leaves_at_once_typed_nothing_and_is_recorded(
    stage: Stage,
) -> None:
    device = await stage.attach_device()
    owner, taker = await pair(stage)
    takes(taker, owner)
    taker.type(b"reboot\r")
    await taker.leave(1000)
    assert await heard_in_all(owner, device) == b""
    assert (await takeovers())[0] == ("contributor", "taken", "owner")
    row = await session_of(taker)
    assert (row.mode, row.bytes_in) == ("write", 0)


async def test_whoever_takes_over_and_types_once_they_write_loses_nothing(stage: Stage) -> None:
    device = await stage.attach_device()
    owner, taker = await pair(stage)
    takes(taker, owner)
    await taker.until(Op.PRESENCE, writer=me(taker))
    taker.type(b"uptime\r")
    await taker.leave(1000)
    await device.hears(b"uptime\r")
    assert await takeovers() == [("contributor", "taken", "owner")]
    assert (await session_of(taker)).bytes_in == 7


async def test_whoever_takes_over_breaks_and_leaves_at_once_sent_none(stage: Stage, monitor: Monitor) -> None:
    owner, taker = await pair(stage)
    takes(taker, owner)
    breaks(taker)
    await taker.leave(1000)
    assert await heard_in_all(owner, stage.host.devices[-1]) == b""
    assert (monitor.breaks, await entries()) == (0, [])
    assert (await takeovers())[0] == ("contributor", "taken", "owner")


async def test_a_writer_who_goes_and_comes_back_is_recorded_before_a_key_of_theirs_counts(
    stage: Stage,
) -> None:
    device = await stage.attach_device()
    owner, other = await pair(stage)
    owner.send(Op.RELEASE)
    takes(owner, None)
    owner.type(b"reboot\r")
    await owner.leave(1000)
    for writer in (None, me(owner), None):
        await other.until(Op.PRESENCE, writer=writer)
    takes(other, None)
    await other.until(Op.PRESENCE, writer=me(other))
    other.type(b"end")
    await device.hears(b"end")
    assert bytes(device.heard) == b"end"
    assert (await takeovers())[0] == ("owner", "free", None)


async def test_a_key_that_is_dropped_answers_no_break(stage: Stage, monitor: Monitor) -> None:
    owner = await stage.attached("owner")
    monitor.answers.clear()
    breaks(owner)
    await asyncio.wait_for(monitor.asked.wait(), PATIENCE)
    owner.send(Op.RELEASE)
    owner.type(b"x")
    await owner.until(Op.NOTICE, kind="read_only")
    await owner.leave(1000)
    assert [(told["how"], told["count"]) for told in await recorded(1)] == [("unanswered", 1)]


async def test_a_break_that_had_begun_when_the_line_went_is_recorded(stage: Stage, monitor: Monitor) -> None:
    owner = await stage.attached("owner")
    monitor.answers.clear()
    breaks(owner)
    await asyncio.wait_for(monitor.asked.wait(), PATIENCE)
    stage.host.devices[-1].hang_up()
    await owner.until(Op.NOTICE, kind="unknown_break")
    await owner.leave(1000)
    assert [(told["how"], told["count"]) for told in await recorded(1)] == [("unanswered", 1)]


async def test_a_break_of_a_watcher_is_refused_in_words_of_its_own(stage: Stage, monitor: Monitor) -> None:
    _, watcher = await pair(stage)
    watcher.send(Op.BREAK, U16.pack(300))
    watcher.type(b"x")
    assert (await watcher.until(Op.NOTICE))["kind"] == "refused_break"
    assert (await watcher.until(Op.NOTICE))["kind"] == "read_only"


async def test_a_take_over_that_the_hub_answers_no_more_is_recorded_as_that(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.attach_device()
    owner, taker = await pair(stage)
    monkeypatch.setattr(relay, "SETTLED", 0.05)

    def deaf(self: Any, op: int, payload: bytes) -> None:
        pass

    monkeypatch.setattr(server.Connection, "_said", deaf)
    takes(taker, owner)
    await taker.leave(1000)
    assert await takeovers() == [("contributor", "unanswered", "owner")]


async def test_what_the_web_asks_the_hub_for_itself_is_not_told(stage: Stage) -> None:
    await stage.attach_device()
    owner, taker = await pair(stage)
    takes(taker, owner)
    taker.send(Op.PING, b"1234")
    assert await taker.until(Op.PONG) == b"1234"
    assert taker.told(Op.PONG) == [b"1234"]
