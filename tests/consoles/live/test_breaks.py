"""A BREAK that somebody sends is in the records: once, when it was sent, by whoever sent it; and many in a row are few entries."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from accounts import actions
from accounts.models import AuditEntry
from consoles.hub.spec import LineSpec
from consoles.models import ActKind, KeyboardAct
from consoles.relay import noting
from consoles.sysrq import send_sysrq
from consoles.threads import in_thread
from consoles.wire import U16, Op
from tests.consoles.hub.support import MIB, Device, until
from tests.consoles.live.browser import PATIENCE, Browser
from tests.consoles.live.conftest import Stage
from tests.consoles.monitor import Monitor

pytestmark = pytest.mark.django_db(transaction=True)


@pytest_asyncio.fixture
async def monitor(stage: Stage) -> AsyncIterator[Monitor]:
    """Of a QEMU whose line is that of web-1."""
    made = await Monitor(stage.host.folder / "break.sock").start()
    device = await Device(stage.host.folder / "vm.sock").start()
    stage.host.devices.append(device)
    port = await in_thread(stage.world.vm.ports.get)
    url = f"unix://{device.path}?qmp={made.path}"
    stage.host.specs.append(LineSpec(str(port.line_id), url, "web-1", MIB))
    await stage.host.hub.want(stage.host.specs)
    await until(device.connected.is_set)
    yield made
    await made.stop()


def breaks(browser: Browser) -> None:
    browser.send(Op.BREAK, U16.pack(300))


async def entries() -> list[dict[str, Any]]:
    found = AuditEntry.objects.filter(action=actions.BREAK).order_by("seq")
    return await in_thread(lambda: list(found.values_list("details", flat=True)))


async def recorded(count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE):
        while len(found := await entries()) < count:
            await asyncio.sleep(0.01)
    return found


async def test_it_is_in_the_audit_and_beside_the_log(stage: Stage, monitor: Monitor) -> None:
    browser = await stage.attached("owner")
    breaks(browser)
    assert (await browser.until(Op.NOTICE))["kind"] == "break"
    await recorded(1)
    entry = await in_thread(AuditEntry.objects.get, action=actions.BREAK)
    kept = await in_thread(lambda: KeyboardAct.objects.select_related("session").get())
    assert (entry.principal_name, entry.scope) == ("owner", stage.world.vm.scope)
    assert entry.details == {"session": str(kept.session_id), "how": "sent", "count": 1}
    assert (kept.kind, kept.how, kept.count) == (ActKind.BREAK, "sent", 1)
    assert kept.line_id == kept.session.line_id
    await browser.leave(1000)
    assert len(await entries()) == 1


async def test_many_in_a_row_are_the_first_and_the_rest(stage: Stage, monitor: Monitor) -> None:
    browser = await stage.attached("owner")
    for _ in range(4):
        breaks(browser)
    for _ in range(4):
        await browser.until(Op.NOTICE, kind="break")
    await recorded(1)
    await browser.leave(1000)
    assert [told["count"] for told in await recorded(2)] == [1, 3]


async def test_they_are_written_every_few_seconds(
    stage: Stage, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "TOGETHER", 0.05)
    browser = await stage.attached("owner")
    for _ in range(2):
        breaks(browser)
    assert [told["count"] for told in await recorded(2)] == [1, 1]


async def test_what_was_not_sent_is_not_recorded(stage: Stage, monitor: Monitor) -> None:
    writer, watcher = await stage.attached("owner"), await stage.attached("watcher", mode="watch")
    breaks(watcher)
    await watcher.until(Op.NOTICE, kind="refused_break")
    monitor.known = "another"
    breaks(writer)
    await writer.until(Op.NOTICE, kind="no_break")
    for browser in (writer, watcher):
        await browser.leave(1000)
    assert await entries() == []
    assert monitor.breaks == 0


async def test_a_line_that_cannot_has_none(stage: Stage) -> None:
    await stage.attach_device()
    browser = await stage.attached("owner")
    breaks(browser)
    await browser.until(Op.NOTICE, kind="no_break")
    await browser.leave(1000)
    assert await entries() == []


async def test_whoever_leaves_before_the_answer_is_recorded_with_that(stage: Stage, monitor: Monitor) -> None:
    browser = await stage.attached("owner")
    monitor.answers.clear()
    breaks(browser)
    await asyncio.wait_for(monitor.asked.wait(), PATIENCE)
    await browser.leave(1000)
    assert [(told["how"], told["count"]) for told in await recorded(1)] == [("unanswered", 1)]


async def test_sysrq_keys_are_an_operation_and_no_break_of_somebody_attached(
    stage: Stage, monitor: Monitor
) -> None:
    browser = await stage.attached("owner")
    await in_thread(send_sysrq, stage.world.vm, "hb", 0)
    assert monitor.breaks == 2
    await browser.leave(1000)
    assert await entries() == []


async def test_a_takeover_is_beside_the_log_too(stage: Stage) -> None:
    await stage.attach_device()
    owner, taker = await stage.attached("owner"), await stage.attached("contributor")
    taker.say(Op.TAKE, **{"from": owner.told(Op.ATTACHED)[0]["viewer"]})
    async with asyncio.timeout(PATIENCE):
        while not (kept := await in_thread(KeyboardAct.objects.first)):
            await asyncio.sleep(0.01)
    assert (kept.kind, kept.how, kept.lost_by_name) == (ActKind.TAKE_OVER, "taken", "owner")
