"""Somebody else ends a session: at once, with their name on the page, and with what had passed until then."""

import time

import pytest

from consoles.models import ConsoleSession
from consoles.services import end_by_hand
from consoles.threads import in_thread
from consoles.wire import Close, Op
from tests.consoles.live.conftest import Stage

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_closes_at_once_and_says_by_whom(stage: Stage) -> None:
    device = await stage.attach_device()
    watching, browser = await stage.attached("watcher"), await stage.attached("contributor")
    await device.print(b"#" * 50)
    await browser.reads(b"#" * 50)
    session = await in_thread(ConsoleSession.objects.get, principal_name="contributor")
    began = time.monotonic()
    await in_thread(end_by_hand, by=stage.world.principal("owner"), session=session)
    assert await browser.closed() == Close.ENDED
    assert time.monotonic() - began < 2
    said = [told for op, told in browser.frames if op == Op.NOTICE and told["kind"] == "ended"]
    assert [told["by"]["name"] for told in said] == ["owner"]
    await browser.task
    kept = await in_thread(ConsoleSession.objects.get, id=session.id)
    assert (kept.end_code, kept.bytes_out, kept.to_offset) == ("ended", 50, 50)
    await device.print(b"later")
    await watching.reads(b"#" * 50 + b"later")
