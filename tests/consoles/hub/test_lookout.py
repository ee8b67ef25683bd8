"""Lines are looked at soon after they print, and however much they print, the hub does little else than before."""

import asyncio
import time

import pytest

from consoles.hub import lookout
from consoles.hub.lookout import Lookout
from tests.consoles.hub.support import Host, until
from tests.consoles.hub.test_recognising import PANICKED, TROUBLE


class Line:
    """Takes its time to be looked at, and has always printed more."""

    def __init__(self, at: Lookout, cost: float = 0.0) -> None:
        self.at, self.cost, self.looks = at, cost, 0
        self.done = asyncio.Event()

    def look(self) -> None:
        self.looks += 1
        self.done.set()
        until = time.thread_time() + self.cost
        while time.thread_time() < until:
            pass
        if self.cost:
            self.at.printed(self)


async def test_a_panic_is_told_with_its_place_in_the_log(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    start, printed = time.monotonic(), time.time()
    await device.print(b"healthy\r\n" + PANICKED)
    await until(lambda: bool(host.seen))
    assert time.monotonic() - start < 5
    seen = host.seen[0]
    await viewer.reads(PANICKED)
    assert (seen["line"], seen["kind"]) == ("web-1", "panic")
    assert viewer.text[seen["offset"] :].startswith(b"[   41.118722] Kernel panic")
    assert abs(seen["at_ms"] / 1000 - printed) < lookout.SOON / 2, (
        "when it was printed, not when it was looked at"
    )


@pytest.mark.parametrize("what", ["a login prompt", "a prompt of SAC", "emergency mode"])
async def test_a_sign_is_told_that_came_in_small_pieces(host: Host, what: str) -> None:
    kind, text, _ = TROUBLE[what]
    device, _spec = await host.device()
    for at in range(len(text)):
        await device.print(text[at : at + 1])
    await until(lambda: bool(host.seen))
    assert [one["kind"] for one in host.seen] == [kind]


async def test_the_last_that_was_printed_is_looked_at_before_a_line_is_let_go(host: Host) -> None:
    device, spec = await host.device()
    await device.print(PANICKED)
    await until(lambda: host.hub.report()["lines"][0]["end"] == len(PANICKED))
    await host.hub.want([])
    assert [one["kind"] for one in host.seen] == ["panic"]


async def test_looking_takes_a_small_share_however_dear_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookout, "SOON", 0.0)
    at = Lookout(asyncio.get_running_loop())
    dear, cheap = [Line(at, cost=0.002) for _ in range(5)], Line(at)
    for line in (*dear, cheap):
        at.printed(line)
    start = time.monotonic()
    await asyncio.wait_for(cheap.done.wait(), 10)
    looks = sum(line.looks for line in dear)
    assert looks <= 6
    assert time.monotonic() - start >= looks * 0.002 * lookout.REST / 2
