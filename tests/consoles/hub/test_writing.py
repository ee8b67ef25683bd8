"""One writer: who types, who is told, and what happens when they leave."""

import asyncio
from typing import Any

import pytest

from consoles.hub import keyboard
from consoles.hub.logging_out import as_typed
from consoles.wire import U64, Op
from tests.consoles.hub.support import Host, attached, until


async def test_what_the_writer_types_reaches_the_line(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    viewer.type(b"root\r")
    await device.hears(b"root\r")
    taken = await viewer.until(Op.TAKEN)
    assert U64.unpack(taken) == (5,)


async def test_what_a_watcher_types_is_dropped_in_the_hub(host: Host) -> None:
    device, spec = await host.device()
    writer, watcher = await host.viewer(spec), await host.viewer(spec, "watch", may_write=True)
    watcher.type(b"rm -rf /\r")
    notice = await watcher.until(Op.NOTICE)
    assert notice["kind"] == "read_only"
    writer.type(b"ls\r")
    await device.hears(b"ls\r")
    assert bytes(device.heard) == b"ls\r"


async def test_a_second_writer_is_asked_first_and_told_who_it_is(host: Host) -> None:
    _, spec = await host.device()
    await host.viewer(spec, name="Ada", address="10.0.0.1")
    second = await host.viewer(spec, name="Bob")
    welcome = attached(second)
    assert welcome["mode"] == "watch"
    writer = next(one for one in welcome["people"] if one["viewer"] == welcome["writer"])
    assert (writer["name"], writer["address"]) == ("Ada", "10.0.0.1")


async def test_taking_over_tells_the_old_writer_by_whom(host: Host) -> None:
    device, spec = await host.device()
    old, new = await host.viewer(spec, name="Ada"), await host.viewer(spec, name="Bob")
    new.say(Op.TAKE, **{"from": attached(old)["viewer"]})
    notice = await old.until(Op.NOTICE)
    assert (notice["kind"], notice["by"]["name"]) == ("taken", "Bob")
    told = await old.until(Op.PRESENCE)
    since = {one["name"]: (one["since_ms"], one["writes_since_ms"]) for one in told["people"]}
    assert since["Ada"][1] is None
    assert since["Bob"][1] >= since["Bob"][0]
    new.type(b"mine")
    await device.hears(b"mine")
    old.type(b"lost")
    assert (await old.until(Op.NOTICE))["kind"] == "read_only"
    await device.print(b"still watching")
    await old.reads(b"still watching")


async def test_taking_over_from_somebody_who_no_longer_writes_changes_nothing(host: Host) -> None:
    _, spec = await host.device()
    first, second, third = [await host.viewer(spec, name=name) for name in ("Ada", "Bob", "Eve")]
    second.say(Op.TAKE, **{"from": attached(first)["viewer"]})
    await second.until(Op.PRESENCE, lambda told: told["writer"] == attached(second)["viewer"])
    third.say(Op.TAKE, **{"from": attached(first)["viewer"]})
    notice = await third.until(Op.NOTICE)
    assert (notice["kind"], notice["by"]["name"]) == ("changed", "Bob")


async def test_the_keyboard_can_be_asked_for_and_handed_over(host: Host) -> None:
    device, spec = await host.device()
    ada, bob = await host.viewer(spec, name="Ada"), await host.viewer(spec, name="Bob")
    bob.send(Op.ASK)
    asked = await ada.until(Op.NOTICE)
    assert (asked["kind"], asked["by"]["name"]) == ("asked", "Bob")
    ada.say(Op.HAND, to=asked["by"]["viewer"])
    assert (await bob.until(Op.NOTICE))["kind"] == "handed"
    bob.type(b"thanks")
    await device.hears(b"thanks")


async def test_who_asked_for_the_keyboard_withdraws_it_by_a_word_or_by_leaving(host: Host) -> None:
    _, spec = await host.device()
    ada, bob, eve = [await host.viewer(spec, name=name) for name in ("Ada", "Bob", "Eve")]
    eve.send(Op.RELEASE)
    for one, end in ((bob, lambda: bob.send(Op.RELEASE)), (eve, eve.link.close)):
        one.send(Op.ASK)
        asked = await ada.until(Op.NOTICE)
        assert (asked["kind"], asked["by"]["viewer"]) == ("asked", attached(one)["viewer"])
        end()
        notice = await ada.until(Op.NOTICE)
        assert (notice["kind"], notice["by"]["viewer"]) == ("withdrawn", attached(one)["viewer"])


async def test_somebody_who_may_only_watch_gets_the_keyboard_by_no_way(host: Host) -> None:
    device, spec = await host.device()
    ada, eve = await host.viewer(spec), await host.viewer(spec, "watch", name="Eve")
    eve.say(Op.TAKE, **{"from": attached(ada)["viewer"]})
    assert (await eve.until(Op.NOTICE))["kind"] == "changed"
    eve.send(Op.ASK)
    ada.say(Op.HAND, to=attached(eve)["viewer"])
    assert (await ada.until(Op.NOTICE))["kind"] == "changed"
    ada.send(Op.RELEASE)
    eve.send(Op.ASK)
    eve.type(b"x")
    ada.send(Op.ASK)
    await ada.until(Op.PRESENCE, lambda told: told["writer"] == attached(ada)["viewer"])
    ada.type(b"y")
    await device.hears(b"y")
    assert bytes(device.heard) == b"y"


async def test_a_page_that_was_cut_off_finds_its_seat_kept(host: Host) -> None:
    _, spec = await host.device()
    page: dict[str, Any] = {"person": "ada", "page": "page-1"}
    ada = await host.viewer(spec, **page)
    bob = await host.viewer(spec, name="Bob")
    ada.link.close()
    presence = await bob.until(Op.PRESENCE, lambda told: any(one["held"] for one in told["people"]))
    assert presence["writer"] == attached(ada)["viewer"]
    assert attached(await host.viewer(spec, name="Cem"))["mode"] == "watch"
    assert attached(await host.viewer(spec, **page))["mode"] == "write"


async def test_a_seat_left_on_purpose_is_free_at_once(host: Host) -> None:
    _, spec = await host.device()
    ada = await host.viewer(spec)
    ada.send(Op.DETACH)
    await until(lambda: host.hub.report()["viewers"] == 0)
    assert attached(await host.viewer(spec))["mode"] == "write"


async def test_the_same_page_replaces_its_own_dead_connection(host: Host) -> None:
    _, spec = await host.device()
    old = await host.viewer(spec, person="ada", page="page-1")
    new = await host.viewer(spec, person="ada", page="page-1")
    assert attached(new)["mode"] == "write"
    assert (await old.until(Op.REFUSED))["code"] == "replaced"
    assert len(attached(new)["people"]) == 1


async def test_the_logout_string_is_typed_when_the_writer_leaves(host: Host) -> None:
    device, spec = await host.device(log_out="string", logout_string=r"^C\rexit\r")
    viewer = await host.viewer(spec)
    viewer.send(Op.DETACH)
    await device.hears(b"\x03\rexit\r")
    assert host.told == [("logged_out", spec)]


async def test_the_logout_string_waits_for_a_writer_that_was_cut_off(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyboard, "HOLD", 0.2)
    monkeypatch.setattr("consoles.hub.audience.HOLD", 0.2)
    device, spec = await host.device(log_out="string", logout_string="exit")
    viewer = await host.viewer(spec)
    viewer.link.close()
    await until(lambda: host.hub.report()["viewers"] == 0)
    assert bytes(device.heard) == b""
    await device.hears(b"exit")


@pytest.mark.parametrize(
    ("written", "typed"),
    [("^D", b"\x04"), (r"^C\r", b"\x03\r"), (r"\e[A", b"\x1b[A"), (r"a\\n", b"a\\n"), ("exit", b"exit")],
)
def test_a_logout_string_writes_control_keys(written: str, typed: bytes) -> None:
    assert as_typed(written) == typed


@pytest.mark.parametrize("how", ["taken over", "ended"])
async def test_what_waits_for_a_slow_line_is_not_typed_once_its_typist_has_lost_the_keyboard(
    host: Host, how: str
) -> None:
    """A right that ended is an end on purpose. The next one's keys do not wait behind."""
    device, spec = await host.device()
    old, new = await host.viewer(spec), await host.viewer(spec)
    device.reading.clear()
    for _ in range(60):
        old.type(b"x" * 16_000)
    if how == "ended":
        old.send(Op.DETACH)
        await new.until(Op.PRESENCE, lambda told: told["writer"] is None)
    new.say(Op.TAKE, **{"from": attached(old)["viewer"] if how == "taken over" else None})
    await new.until(Op.PRESENCE, lambda told: told["writer"] == attached(new)["viewer"])
    new.type(b"mine")
    device.reading.set()
    await device.hears(b"mine")
    assert len(device.heard) < 500_000  # what the device's own buffers had taken already


async def test_somebody_cut_off_is_awaited_with_what_they_typed(host: Host) -> None:
    device, spec = await host.device()
    page: dict[str, Any] = {"person": "ada", "page": "page-1"}
    first = await host.viewer(spec, **page)
    device.reading.clear()
    for _ in range(60):
        first.type(b"x" * 16_000)
    accepted = attached(await host.viewer(spec, **page))["accepted"]
    device.reading.set()
    await until(lambda: len(device.heard) == accepted)
    assert accepted >= 16_000


async def test_whoever_types_far_more_than_the_line_takes_is_let_go_of(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    device.reading.clear()
    for _ in range(120):
        viewer.type(b"x" * 16_000)
    assert (await viewer.until(Op.REFUSED))["code"] == "bad_request"


async def test_a_line_that_takes_nothing_for_a_while_loses_nothing(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    device.reading.clear()
    for _ in range(64):
        viewer.type(b"x" * 16_000)
    device.reading.set()
    async with asyncio.timeout(10):
        while len(device.heard) < 64 * 16_000:
            device.news.clear()
            await device.news.wait()
    assert len(device.heard) == 64 * 16_000


async def test_keys_count_as_taken_only_when_the_line_has_taken_them(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    viewer.type(b"x" * 60_000)
    taken = await viewer.until(Op.TAKEN)
    assert U64.unpack(taken)[0] < 32_000
    await viewer.until(Op.TAKEN, lambda told: U64.unpack(told) == (60_000,))
    assert len(device.heard) > 32_000


async def test_a_page_that_comes_back_learns_how_much_of_its_typing_arrived(host: Host) -> None:
    device, spec = await host.device()
    page: dict[str, Any] = {"person": "ada", "page": "page-1"}
    first = await host.viewer(spec, **page)
    assert attached(first)["accepted"] is None
    first.type(b"half of a paste")
    await device.hears(b"half of a paste")
    first.link.close()
    await until(lambda: host.hub.count() == (1, 0))
    assert attached(await host.viewer(spec, **page))["accepted"] == len(b"half of a paste")
    assert attached(await host.viewer(spec))["accepted"] is None


async def test_a_guest_with_an_agent_is_told_of_when_its_last_writer_has_left(host: Host) -> None:
    device, spec = await host.device(log_out="agent")
    viewer = await host.viewer(spec)
    viewer.send(Op.DETACH)
    await until(lambda: host.told == [("logged_out", spec)])
    assert bytes(device.heard) == b""
