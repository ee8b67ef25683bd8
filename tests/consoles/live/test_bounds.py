"""How many, how much, how long: what a browser may say, how many consoles are open, and when one that is forgotten closes."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consoles import threads
from consoles.admission import answers
from consoles.jobs import end_lost_sessions_job, prune_sessions_job
from consoles.models import ConsoleSession
from consoles.relay import clock
from consoles.relay.frames import FLOOD
from consoles.threads import in_thread
from consoles.wire import MAX_KEYS, Close, Op, packed
from portal.fleet.models import Subscription
from portal.fleet.services.resources import set_console_times
from tests.consoles.live.browser import PATIENCE, Browser
from tests.consoles.live.conftest import Stage
from tests.consoles.live.test_rights_end import take_the_role
from tests.world import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)

BAD: dict[str, bytes] = {
    "nothing": b"",
    "an opcode of nobody": b"\x3f",
    "an opcode of the hub's": bytes((Op.OUTPUT,)) + b"x" * 9,
    "an attach": bytes((Op.ATTACH,)) + packed({"line": "x"}),
    "a detach": bytes((Op.DETACH,)),
    "no keys": bytes((Op.KEYS,)),
    "too many keys": bytes((Op.KEYS,)) + b"x" * (MAX_KEYS + 1),
    "half an ack": bytes((Op.ACK, 1, 2, 3)),
    "a stay with words": bytes((Op.STAY,)) + b"x",
    "no json": bytes((Op.TAKE,)) + b"{}{}",
    "a list": bytes((Op.TAKE,)) + b"[]",
    "deep json": bytes((Op.HAND,)) + b"[" * 190,
    "handed to nobody": bytes((Op.HAND,)) + b'{"to": null}',
    "taken from a number": bytes((Op.TAKE,)) + b'{"from": 7}',
}


async def test_what_no_page_says_closes_the_socket(stage: Stage) -> None:
    device = await stage.attach_device()
    for name, data in BAD.items():
        browser = await stage.attached("owner")
        browser.send_raw(data)
        assert await browser.closed() == Close.BAD_FRAME, name
    good = await stage.attached("owner")
    good.type(b"x" * MAX_KEYS)
    await device.hears(b"x" * MAX_KEYS)


async def test_a_flood_of_acks_closes_the_socket(stage: Stage) -> None:
    await stage.attach_device()
    browser = await stage.attached("owner")
    for _ in range(FLOOD + 100):
        browser.send(Op.ACK, bytes(8))
    assert await browser.closed() == Close.BAD_FRAME


async def test_whether_somebody_may_stay_is_asked_while_many_knock(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.attach_device()
    stays, next_one = await stage.attached("contributor"), await stage.browser("owner")
    door, opened = ThreadPoolExecutor(1), Event()
    door.submit(opened.wait)
    monkeypatch.setattr(threads, "DOOR", door)
    knocks = asyncio.create_task(next_one.open())
    try:
        await in_thread(take_the_role, stage.world)
        assert await stays.closed() == Close.REVOKED
        assert not knocks.done()
    finally:
        opened.set()
    assert await knocks
    door.shutdown()


async def test_text_is_no_frame(stage: Stage) -> None:
    browser = await stage.browser("owner")
    assert await browser.open()
    browser._in.put_nowait({"type": "websocket.receive", "text": "uptime"})
    assert await browser.closed() == Close.BAD_FRAME


@pytest.mark.parametrize("bound", ["PERSON", "VM", "TENANT"])
async def test_one_more_than_allowed_is_refused_until_one_leaves(
    stage: Stage, settings: Any, bound: str
) -> None:
    setattr(settings, f"SESSIONS_PER_{bound}", 2)
    first, second, third = [await stage.browser("owner") for _ in range(3)]
    assert [await one.open() for one in (first, second, third)] == [True, True, False]
    assert third.refused == Close.TOO_MANY
    answer = await in_thread(_state, stage)
    assert (answer["ready"], answer["code"]) == (False, "TooManySessions")
    await first.leave()
    assert await (await stage.browser("owner")).open()


def _state(stage: Stage) -> Any:
    client = Client()
    client.cookies["sessionid"] = stage.cookies["owner"]
    return client.get(f"{stage.world.vm.console_url}state/").json()


async def test_one_persons_consoles_are_not_anothers(stage: Stage, settings: Any) -> None:
    settings.SESSIONS_PER_PERSON = 1
    assert await (await stage.browser("owner")).open()
    assert not await (await stage.browser("owner")).open()
    assert await (await stage.browser("watcher")).open()


def lost_for(minutes: float) -> Callable[[], int]:
    seen_at = timezone.now() - timedelta(minutes=minutes)
    return lambda: ConsoleSession.objects.update(seen_at=seen_at)


async def test_sessions_of_a_web_that_was_killed_end_by_themselves_and_shut_nobody_out(
    stage: Stage, settings: Any
) -> None:
    settings.SESSIONS_PER_PERSON = 1
    assert await (await stage.browser("owner")).open()
    await in_thread(lost_for(2.5))
    assert await in_thread(end_lost_sessions_job) == 0
    assert await (await stage.browser("owner")).open()
    await in_thread(lost_for(3.5))
    assert await in_thread(end_lost_sessions_job) == 2
    assert await in_thread(end_lost_sessions_job) == 0
    assert set(await in_thread(lambda: list(ConsoleSession.objects.values_list("end_code", flat=True)))) == {
        "lost"
    }


async def test_a_session_that_was_ended_elsewhere_closes_and_keeps_the_first_reason(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "SEE_EVERY", 0.2)
    await stage.attach_device()
    browser = await stage.attached("owner")
    await in_thread(lost_for(4))
    await in_thread(end_lost_sessions_job)
    assert await browser.closed() == Close.ENDED
    assert (await in_thread(ConsoleSession.objects.get)).end_code == "lost"


async def test_a_session_shows_that_it_lives(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "SEE_EVERY", 0.1)
    device = await stage.attach_device()
    browser = await stage.attached("owner")
    await device.print(b"#" * 50)
    await browser.reads(b"#" * 50)
    async with asyncio.timeout(PATIENCE):
        session = await in_thread(ConsoleSession.objects.get)
        while session.bytes_out < 50:
            session = await in_thread(ConsoleSession.objects.get)
    assert (session.bytes_out, session.mode) == (50, "write")
    assert session.seen_at > session.started_at


def test_old_sessions_are_forgotten_and_younger_ones_kept(world: Any) -> None:
    vm = world.vm
    for days in (1, 500):
        session = ConsoleSession.objects.create(
            tenant=world.contoso,
            vm=vm,
            line_id=vm.ports.get().line_id,
            scope=vm.scope,
            vm_name=vm.name,
            principal_kind="User",
            principal_id=world.people["owner"].id,
            principal_name="owner",
        )
        ConsoleSession.objects.filter(id=session.id).update(ended_at=timezone.now() - timedelta(days))
    assert prune_sessions_job() == 1
    assert ConsoleSession.objects.count() == 1


async def with_times(stage: Stage, monkeypatch: pytest.MonkeyPatch, idle: int, longest: int) -> None:
    """A minute takes a fifth of a second here, and the warning comes as much before."""
    monkeypatch.setattr(answers, "MINUTE", 0.2)
    monkeypatch.setattr(clock, "WARN_BEFORE", 0.2)
    found = await in_thread(Subscription.objects.get, id=stage.world.subscription.id)
    await in_thread(
        set_console_times, by=SYSTEM, subscription=found, idle_minutes=idle, longest_minutes=longest
    )


async def test_a_writer_who_types_nothing_is_warned_then_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.attach_device()
    await with_times(stage, monkeypatch, idle=2, longest=0)
    browser = await stage.attached("owner")
    await browser.until(Op.WARNING, kind="idle")
    assert await browser.closed() == Close.IDLE


async def test_a_watcher_is_never_idle_and_a_longest_time_is_for_all(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.attach_device()
    await with_times(stage, monkeypatch, idle=1, longest=4)
    watcher: Browser = await stage.attached("owner", mode="watch")
    await watcher.until(Op.WARNING, kind="longest")
    assert await watcher.closed() == Close.LONGEST
    assert [told["kind"] for told in watcher.told(Op.WARNING)] == ["longest"]


async def test_times_that_are_set_meanwhile_count_for_those_who_are_attached(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.attach_device()
    browser = await stage.attached("owner")
    await with_times(stage, monkeypatch, idle=1, longest=0)
    assert await browser.closed() == Close.IDLE
