"""A guest that means harm: a gigabyte without a pause, and whatever makes terminals do or say something. Nobody else is held up, and bytes stay what they are."""

import asyncio
import contextlib
import random
import secrets
import statistics
import time
from collections.abc import Iterator

import pytest

from consoles.wire import KIB, MAX_FRAME, WINDOW, Op, frame, message, packed
from tests.chaos.page import Page
from tests.chaos.portal import LIMIT, MIB, Portal
from tests.chaos.sequence import greeting, printed
from tests.chaos.waiting import until

pytestmark = pytest.mark.chaos

GIB = 1024 * MIB
HEAD = len(greeting(1, 0))


class Slow(Page):
    """Compares each piece with what was printed there, takes its time, and keeps none."""

    shown = 0

    async def draw(self, offset: int, data: bytes) -> None:
        self.shown += len(data)
        start = max(HEAD - offset, 0)
        assert data[start:] == printed(max(offset - HEAD, 0), len(data) - start)
        await asyncio.sleep(0.01)


async def test_a_guest_that_prints_a_gigabyte_costs_no_memory_and_holds_nobody_up(portal: Portal) -> None:
    """Two look at it: one draws slowly, the other not at all until it is over."""
    await portal.at_rest()
    cookie, flood, quiet = portal.cookies["owner"], portal.guests["flood"], portal.guests["quiet"]
    quiet.tell(echoes=True)
    async with (
        Slow(portal.address("flood"), cookie) as slow,
        Slow(portal.address("flood"), cookie, "watch") as stalled,
        Page(portal.address("quiet"), cookie) as typing,
    ):
        stalled.acks = False
        waits = [await echo(typing)]
        before = {name: portal.memory(name) for name in ("hub", "web")}
        flood.tell(flood=GIB)
        while flood.tell()["flood"]:
            waits.append(await echo(typing))
            for name in before:
                assert portal.memory(name) - before[name] < 32 * MIB, name
            assert weight(portal) <= LIMIT + MIB
        assert stalled.shown <= WINDOW + MAX_FRAME
        stalled.acks = True
        await stalled.drew()
        for page in (slow, stalled):
            await page.until(lambda page=page: page.at == HEAD + GIB)
            gone = sum(to - begin for begin, to in page.told(Op.GAP))
            assert gone > GIB // 2
            assert page.shown + gone == HEAD + GIB
            assert page.opened == 1
    quiet.tell(echoes=False)
    assert len(waits) > 20
    assert statistics.median(waits) < 0.1
    assert max(waits) < 2


async def echo(page: Page) -> float:
    """How long a key takes to the guest and back."""
    word = secrets.token_hex(8).encode()
    start = time.monotonic()
    await page.type(word)
    await page.until(lambda: word in page.text)
    return time.monotonic() - start


def weight(portal: Portal) -> int:
    found = 0
    for file in portal.folder("flood").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the oldest goes at any moment
            found += file.stat().st_size
    return found


SEED = random.Random(20_26)
ESC, ST, BEL = b"\x1b", b"\x1b\\", b"\x07"
CORPUS = {
    "every byte": bytes(range(256)),
    "clipboard": ESC + b"]52;c;cm0gLXJmIC8=" + BEL + ESC + b"]52;c;?" + ST,
    "titles": ESC + b"]0;owned" + BEL + ESC + b"]2;" + b"t" * 5000 + ST + ESC + b"[21t" + ESC + b"[22;0t",
    "links": ESC + b"]8;;javascript:alert(1)" + ST + b"here" + ESC + b"]8;;" + ST,
    "colours asked for": b"".join(ESC + b"]4;%d;?" % n + ST for n in range(16)) + ESC + b"]10;?" + BEL,
    "settings asked for": ESC + b'P$q"p' + ST + ESC + b"P+q544e" + ST + ESC + b"[?1$p",
    "what are you": ESC
    + b"[c"
    + ESC
    + b"[>c"
    + ESC
    + b"[=c"
    + ESC
    + b"[5n"
    + ESC
    + b"[6n"
    + b"\x05"
    + ESC
    + b"Z",
    "eight-bit controls": b"\x9b6n\x9d52;c;?\x9c\x90$qm\x9c\x9ex\x9c\x9fy\x9c\x98z\x9c\x84\x85\x8d",
    "a long string": ESC + b"]0;" + b"A" * MIB + BEL,
    "a long request": ESC + b"P" + b"q#0;2;0;0;0" * (32 * KIB) + ST,
    "strings without an end": ESC + b"]52;c;" + ESC + b"P" + ESC + b"_" + ESC + b"^" + ESC + b"X",
    "many parameters": ESC
    + b"["
    + b"9;" * (32 * KIB)
    + b"m"
    + ESC
    + b"[999999999999b"
    + ESC
    + b"[2147483648A",
    "no UTF-8": b"\xc0\xaf\xe0\x80\x80\xed\xa0\x80\xf4\x90\x80\x80\xf8\x88\x80\x80\x80\xff\xfe\xc3(\xe2\x82",
    "marks over marks": b"e" + "\u0301".encode() * 20_000 + "\u202e\u2066\ufeff".encode(),
    "telnet": b"\xff\xf4\xff\xfd\x06\xff\xfb\x18\xff\xfa\x18\x01\xff\xf0\xff\xff",
    "our own frames": frame(Op.REFUSED, packed({"code": "draining"})) + message(Op.HUB, b"{}"),
    "our own words": b'"writer":null}' * 100 + b'{"up":false}',
    "websocket": b"\x88\x02\x03\xe8\x82\x7f" + b"\xff" * 8,
    "a reset at the end": ESC + b"c" + ESC + b"[!p" + ESC + b"[?1049h" + ESC + b"#8",
    "noise": SEED.randbytes(256 * KIB),
}


def torn(data: bytes) -> Iterator[bytes]:
    """In pieces of any size, as a line delivers them."""
    while data:
        size = SEED.choice((1, 2, 3, 7, 100, 5000, 100_000))
        yield data[:size]
        data = data[size:]


async def test_whatever_a_guest_prints_is_recorded_and_shown_byte_for_byte_and_answered_by_nobody(
    portal: Portal,
) -> None:
    await portal.at_rest()
    guest, url = portal.guests["printer"], portal.address("printer")
    async with (
        Page(url, portal.cookies["owner"]) as writer,
        Page(url, portal.cookies["owner"], "watch") as watcher,
    ):
        expected = portal.spooled("printer")
        for name, data in CORPUS.items():
            guest.prints(*torn(data))
            expected += data
            await recorded(portal, len(expected))
            assert portal.spooled("printer") == expected, name
        for page in (writer, watcher):
            await page.until(lambda page=page: page.at == len(expected))
            assert bytes(page.text) == expected[page.start :]
            assert page.told(Op.SKIP) == page.told(Op.GAP) == []
            await page.heard_out()
        assert guest.heard == b""


async def recorded(portal: Portal, length: int) -> None:
    await until(lambda: len(portal.spooled("printer")) >= length)


ANSWERS = b"\x1b[?1;2c\x1b[24;80R\x1b]52;c;c2VjcmV0\x07\x1bP1$r0m\x1b\\\x1b[0n"


async def test_what_a_watchers_terminal_answers_by_itself_never_reaches_the_guest(portal: Portal) -> None:
    """Not of somebody who only watches, nor right after they wrote, however it ended; the writer's does."""
    await portal.at_rest()
    guest, url = portal.guests["web-1"], portal.address("web-1")
    guest.tell(forget=True)
    owner, contributor = portal.cookies["owner"], portal.cookies["contributor"]
    async with Page(url, owner) as first, Page(url, contributor) as second:
        async with Page(url, portal.cookies["watcher"], "watch") as watcher:
            for page in (watcher, second):
                await page.type(ANSWERS)
                await page.heard_out()
        for loses in (taken, handed, released):
            await loses(first, second)
            await second.until(lambda: second.writes)
            await first.heard_out()
            await second.type(b"[second]")
            await guest.hears(b"[second]")
            assert guest.heard == b"[second]", loses.__name__
            await second.send(Op.RELEASE)
            await second.until(lambda: second.writer is None)
            await first.say(Op.TAKE, **{"from": None})
            await first.until(lambda: first.writes)
            guest.tell(forget=True)
        await first.type(ANSWERS)
        await guest.hears(ANSWERS)


async def taken(first: Page, second: Page) -> None:
    """The answers leave before the first one's page can know."""
    await second.say(Op.TAKE, **{"from": second.writer})
    await second.until(lambda: second.writes)
    await first.type(ANSWERS)


async def handed(first: Page, second: Page) -> None:
    assert second.me
    await first.say(Op.HAND, to=second.me["viewer"])
    await first.type(ANSWERS)


async def released(first: Page, second: Page) -> None:
    await first.send(Op.RELEASE)
    await first.type(ANSWERS)
    await first.heard_out()
    await second.say(Op.TAKE, **{"from": None})
