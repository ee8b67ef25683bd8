"""A break, and what is typed after it: in that order, also where break and bytes go by different ways."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from consoles.drivers import qemu_line
from consoles.drivers.qemu_line import QemuLine
from consoles.hub import client
from consoles.hub.spec import LineSpec
from consoles.wire import U16, Op, packed
from tests.consoles.hub.support import Device, Host, Seen, until
from tests.consoles.monitor import Monitor


@pytest_asyncio.fixture
async def monitor(host: Host) -> AsyncIterator[Monitor]:
    made = await Monitor(host.folder / "break.sock").start()
    yield made
    await made.stop()


async def guest(
    host: Host, monitor: Monitor, name: str = "vm", chardev: str = "serial0"
) -> tuple[Device, LineSpec]:
    device = await Device(host.folder / f"{name}.sock").start()
    host.devices.append(device)
    url = f"unix://{device.path}?qmp={monitor.path}&chardev={chardev}"
    host.specs.append(LineSpec(f"line-{name}", url, name, 2**20))
    await host.hub.want(host.specs)
    await until(device.connected.is_set)
    return device, host.specs[-1]


def breaks(viewer: Seen) -> None:
    viewer.send(Op.BREAK, U16.pack(300))


async def pressed(host: Host, spec: LineSpec, letters: str, pause_ms: int = 0) -> None:
    async with asyncio.timeout(10):
        await client.press_sysrq(host.settings.listening.address, spec.id, letters, pause_ms)


async def test_a_line_with_a_monitor_can_break(host: Host, monitor: Monitor) -> None:
    _, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    assert viewer.told(Op.ATTACHED)[0]["can"]["breaks"]
    breaks(viewer)
    await until(lambda: monitor.breaks == 1)


async def test_whoever_sent_it_and_nobody_else_is_told_once_it_was_sent(host: Host, monitor: Monitor) -> None:
    _, spec = await guest(host, monitor)
    viewer, other = await host.viewer(spec), await host.viewer(spec, mode="watch")
    monitor.answers.clear()
    breaks(viewer)
    await asyncio.wait_for(monitor.asked.wait(), 10)
    assert not viewer.told(Op.NOTICE)
    monitor.answers.set()
    assert (await viewer.until(Op.NOTICE))["kind"] == "break"
    breaks(other)
    assert (await other.until(Op.NOTICE))["kind"] == "refused_break"
    assert monitor.breaks == 1


async def test_a_line_that_cannot_says_so(host: Host) -> None:
    _, bare = await host.device("bare")
    viewer = await host.viewer(bare)
    breaks(viewer)
    assert (await viewer.until(Op.NOTICE))["kind"] == "no_break"


async def test_what_is_typed_after_a_break_waits_for_it(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    monitor.answers.clear()
    viewer.type(b"before")
    breaks(viewer)
    viewer.type(b"after")
    await asyncio.wait_for(monitor.asked.wait(), 10)
    assert bytes(device.heard) == b"before"
    monitor.answers.set()
    await device.hears(b"beforeafter")


async def test_a_break_waits_until_the_guest_has_read_what_came_before(
    host: Host, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = list[int](), QemuLine._not_read
    monkeypatch.setattr(QemuLine, "_not_read", lambda line: looks.append(look(line)) or looks[-1])
    device, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    device.pause()
    viewer.type(b"y")
    await viewer.until(Op.TAKEN)
    breaks(viewer)
    await until(lambda: len(looks) > 2)
    assert all(looks)
    assert not monitor.asked.is_set()
    device.go_on()
    await until(lambda: monitor.breaks == 1)
    assert looks[-1] == 0
    await device.hears(b"y")


async def test_a_break_that_was_asked_for_and_not_answered_may_have_been_sent(
    host: Host, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qemu_line, "PATIENCE", 0.1)
    _, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    monitor.answers.clear()
    breaks(viewer)
    assert (await viewer.until(Op.NOTICE))["kind"] == "unknown_break"


async def test_a_break_that_the_guest_did_not_come_to_was_not_sent(
    host: Host, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qemu_line, "PATIENCE", 0.1)
    device, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    device.pause()
    viewer.type(b"y")
    await viewer.until(Op.TAKEN)
    breaks(viewer)
    assert (await viewer.until(Op.NOTICE))["kind"] == "no_break"
    assert not monitor.asked.is_set()


async def test_of_the_breaks_that_wait_when_the_line_goes_the_first_may_have_been_sent(
    host: Host, monitor: Monitor
) -> None:
    device, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    monitor.answers.clear()
    for _ in range(2):
        breaks(viewer)
    await asyncio.wait_for(monitor.asked.wait(), 10)
    device.hang_up()
    assert {(await viewer.until(Op.NOTICE))["kind"] for _ in range(2)} == {"unknown_break", "no_break"}


async def test_a_break_that_fails_is_told_and_costs_nobody_the_line(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor, chardev="nope")
    viewer = await host.viewer(spec)
    breaks(viewer)
    viewer.type(b"still here")
    notice = await viewer.until(Op.NOTICE)
    assert (notice["kind"], notice["reason"]) == ("no_break", "Chardev 'nope' not found")
    await device.hears(b"still here")


async def test_sysrq_is_a_break_and_a_letter_each_in_order(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor)
    await pressed(host, spec, "reisub")
    await device.hears(b"reisub")
    assert monitor.breaks == 6


async def test_nothing_typed_comes_between_a_break_and_its_letter(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    monitor.answers.clear()
    pressing = asyncio.create_task(pressed(host, spec, "h"))
    await asyncio.wait_for(monitor.asked.wait(), 10)
    viewer.type(b"b")
    viewer.send(Op.PING, bytes(4))
    await viewer.until(Op.PONG)
    monitor.answers.set()
    await pressing
    await device.hears(b"hb")


async def test_a_letter_whose_break_failed_is_not_typed(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor, chardev="nope")
    with pytest.raises(client.Refused) as refused:
        await pressed(host, spec, "b")
    assert (refused.value.code, refused.value.reason) == ("failed", "Chardev 'nope' not found")
    viewer = await host.viewer(spec)
    viewer.type(b"typed")
    await device.hears(b"typed")
    assert bytes(device.heard) == b"typed"


async def test_a_monitor_that_answers_nothing_is_given_up(
    host: Host, monitor: Monitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qemu_line, "PATIENCE", 0.1)
    device, spec = await guest(host, monitor)
    monitor.answers.clear()
    with pytest.raises(client.Refused) as refused:
        await pressed(host, spec, "b")
    assert refused.value.code == "timeout"
    assert bytes(device.heard) == b""


async def test_sysrq_says_where_there_is_no_line_and_where_there_is_no_break(host: Host) -> None:
    _, bare = await host.device("bare")
    with pytest.raises(client.Refused, match="cannot"):
        await pressed(host, bare, "h")
    with pytest.raises(client.Refused, match="no_line"):
        await pressed(host, LineSpec("nowhere", "", "", 0), "h")


@pytest.mark.parametrize("letters", ["", "h\r", "x" * 21, "ä"])
async def test_nothing_but_letters_and_digits_is_a_sysrq_key(
    host: Host, monitor: Monitor, letters: str
) -> None:
    _, spec = await guest(host, monitor)
    link = await client.connect(host.settings.listening.address)
    link.send(Op.SYSRQ, packed({"line": spec.id, "letters": letters, "pause_ms": 0}))
    op, payload = await link.next()
    link.close()
    assert (op, payload) == (Op.REFUSED, packed({"code": "bad_request"}))


async def test_a_sequence_stops_with_the_link_of_whoever_asked(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor)
    pressing = asyncio.create_task(pressed(host, spec, "reisub", 50))
    await device.hears(b"r")
    pressing.cancel()
    await asyncio.gather(pressing, return_exceptions=True)
    await pressed(host, spec, "hhh", 100)
    assert bytes(device.heard) == b"rhhh"


async def test_a_viewer_cannot_say_it(host: Host, monitor: Monitor) -> None:
    device, spec = await guest(host, monitor)
    viewer = await host.viewer(spec)
    viewer.say(Op.SYSRQ, line=spec.id, letters="b", pause_ms=0)
    viewer.type(b"x")
    await device.hears(b"x")
    assert (monitor.breaks, bytes(device.heard)) == (0, b"x")
