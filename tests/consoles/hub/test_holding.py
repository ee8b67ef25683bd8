"""A line that is lost comes back by itself, later and later, and says why it is away."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from consoles.hub import holding
from consoles.hub.spec import LineSpec
from consoles.wire import Op
from tests.consoles.hub.support import MIB, Host, attached, until


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "FIRST", 0.05)


async def test_a_line_that_was_lost_is_up_again_with_the_same_log(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    await device.print(b"before\r\n")
    await viewer.reads(b"before\r\n")
    device.hang_up()
    lost = await viewer.until(Op.LINE, lambda told: told["state"] == "down")
    assert lost["code"] == "closed"
    assert lost["next_ms"] is not None
    await viewer.until(Op.LINE, lambda told: told["state"] == "up")
    await device.print(b"after\r\n")
    await viewer.reads(b"after\r\n")
    assert viewer.text == b"before\r\nafter\r\n"


async def test_a_line_that_cannot_be_reached_says_what_was_tried_and_why(host: Host) -> None:
    spec = LineSpec(uuid4().hex, f"unix://{host.folder}/nobody.sock", "web-9", MIB)
    await host.hub.want([spec])
    viewer = await host.viewer(spec)
    line = attached(viewer)["line"]
    if line["state"] != "down":
        line = await viewer.until(Op.LINE, lambda told: told["state"] == "down")
    assert line["code"] == "missing"
    assert "No such file" in line["reason"]
    assert line["tried"].endswith("nobody.sock")


async def test_attaching_tries_a_line_that_waits_at_once(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "FIRST", 25.0)
    device, spec = await host.device()
    device.hang_up()
    await until(lambda: host.hub.report()["lines"][0]["state"] == "down")
    viewer = await host.viewer(spec)
    await viewer.until(Op.LINE, lambda told: told["state"] == "up")


async def test_a_line_that_is_no_longer_wanted_ends_for_its_viewers(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    await host.hub.want([])
    assert (await viewer.until(Op.REFUSED))["code"] == "no_line"
    await until(lambda: not device.connected.is_set())


async def test_the_same_wish_again_disturbs_nobody(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    await host.hub.want([replace(spec, name="renamed", limit=2 * MIB)])
    await device.print(b"still here")
    await viewer.reads(b"still here")


def test_waits_grow_to_a_limit_and_stray() -> None:
    waits = [holding.wait_after(tries) for tries in range(1000)]
    assert waits[0] <= holding.FIRST
    assert max(waits) <= holding.LAST
    assert min(waits[12:]) > holding.LAST / 2
    assert len(set(waits)) == len(waits)


async def test_lines_are_opened_a_few_at_a_time(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    opening, most = 0, 0

    async def slow(url: str, drivers: object) -> None:
        nonlocal opening, most
        opening += 1
        most = max(most, opening)
        await asyncio.sleep(0.01)
        opening -= 1
        raise OSError("nobody there")

    monkeypatch.setattr(holding, "open_endpoint", slow)
    await host.hub.want([LineSpec(uuid4().hex, "unix:///x", f"vm-{n}", MIB) for n in range(100)])
    await until(lambda: all(line["state"] == "down" for line in host.hub.report()["lines"]))
    assert 1 < most <= host.settings.opening_at_once
