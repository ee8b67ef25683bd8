"""A keystroke's way to the guest and a byte's way back, and who of several people it is that types."""

import pytest

from accounts import actions
from accounts.models import AuditEntry
from consoles.models import ConsoleSession
from consoles.threads import in_thread
from consoles.wire import Op
from tests.consoles.hub.support import until
from tests.consoles.live.conftest import Stage

pytestmark = pytest.mark.django_db(transaction=True)


async def test_keys_reach_the_guest_and_what_it_prints_comes_back(stage: Stage) -> None:
    device = await stage.attach_device()
    browser = await stage.attached("owner")
    assert browser.told(Op.ATTACHED)[0]["mode"] == "write"
    browser.type(b"uptime\r")
    await device.hears(b"uptime\r")
    await device.print(b"up 3 days\r\n")
    await browser.reads(b"up 3 days")


async def test_what_it_was_shown_from_before_is_told_apart(stage: Stage) -> None:
    device = await stage.attach_device()
    await device.print(b"before\r\n")
    first = await stage.attached("contributor")
    await first.reads(b"before\r\n")
    browser = await stage.attached("owner")
    await browser.reads(b"before\r\n")
    await device.print(b"own\r\n")
    await browser.reads(b"before\r\nown\r\n")
    await browser.leave(1001)
    session = await in_thread(ConsoleSession.objects.get, principal_name="owner")
    assert (session.from_offset, session.live_offset, session.to_offset) == (0, 8, 13)
    assert (session.bytes_out, session.bytes_before, session.bytes_shown) == (13, 8, 5)


async def test_a_session_is_recorded_from_the_handshake_to_the_end(stage: Stage) -> None:
    device = await stage.attach_device()
    browser = await stage.attached("owner", via="window")
    browser.type(b"secret\r")
    await device.print(b"#" * 100)
    await browser.reads(b"#" * 100)
    await browser.leave(1001)
    session = await in_thread(ConsoleSession.objects.get)
    assert (session.principal_name, session.vm_name, session.via, session.mode) == (
        "owner",
        "web-1",
        "window",
        "write",
    )
    assert (session.end_code, session.bytes_in, session.bytes_out) == ("left", 7, 100)
    assert (session.from_offset, session.live_offset, session.to_offset) == (0, 0, 100)
    entries = await in_thread(lambda: list(AuditEntry.objects.filter(details__session=str(session.id))))
    assert {entry.action for entry in entries} == {actions.CONNECT, actions.DETACH}
    assert all(entry.scope == session.scope for entry in entries)
    assert "secret" not in str([entry.details for entry in entries])


async def test_a_browser_that_leaves_while_the_guest_prints_has_left_and_was_not_lost(stage: Stage) -> None:
    device = await stage.attach_device()
    browser = await stage.attached("owner")
    browser.gone = True
    await device.print(b"more\r\n")
    session = await in_thread(ConsoleSession.objects.get)
    await until(lambda: browser.refusals > 0)
    await browser.leave(1001)
    await in_thread(session.refresh_from_db)
    assert session.end_code == "left"
