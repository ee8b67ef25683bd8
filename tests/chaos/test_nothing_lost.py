"""Every process is killed while two lines print and people are attached. Nothing that the hub had read is lost or told twice, and who writes goes on writing."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from consoles.wire import Op
from tests.chaos.guest import Connection, Guest
from tests.chaos.page import Page
from tests.chaos.portal import Portal
from tests.chaos.sequence import GREETING, printed
from tests.chaos.waiting import until
from tests.run.programs import free_port

pytestmark = pytest.mark.chaos

LINE_RATE = {"rate": 11_520, "chunk": 16}
CUTS_OFF = {"web", "hub"}
FAST = {"rate": 1_000_000, "chunk": 1000}


@dataclass
class Scene:
    """On each of two lines somebody writes; others came to write too, and chose to watch."""

    portal: Portal
    writers: dict[str, Page]
    others: list[Page]
    typed: bytes = b""
    logs: dict[str, bytes] = field(default_factory=dict)

    @property
    def pages(self) -> list[Page]:
        return [*self.writers.values(), *self.others]

    async def kill(self, *victims: str) -> None:
        """And start them again: afterwards everybody is shown what is printed now."""
        self.only_grown()
        attached = {id(page): len(page.told(Op.ATTACHED)) for page in self.pages}
        for victim in victims:
            self.portal.kill(victim)
        if CUTS_OFF.isdisjoint(victims):
            await self.moves()
        for victim in victims:
            self.portal.start(victim)
        if not CUTS_OFF.isdisjoint(victims):
            for page in self.pages:
                before = attached[id(page)]
                await page.until(lambda page=page, before=before: len(page.told(Op.ATTACHED)) > before)
        await self.moves()
        self.only_grown()

    async def moves(self) -> None:
        """Each page is shown something new."""
        for page in self.pages:
            seen = page.at or 0
            await page.shows(seen + 2000)

    async def types(self, word: bytes) -> None:
        """Only the writers' keys arrive."""
        for page in self.others:
            await page.type(b"[from a watcher]")
            await page.heard_out()
        self.typed += word
        for vm, page in self.writers.items():
            await page.until(lambda page=page: page.writes)
            await page.type(word)
            await self.portal.guests[vm].has_heard(self.typed)
        assert not any(page.writes for page in self.others)

    def only_grown(self) -> None:
        """An offset that was given to some byte once is never given to another."""
        for vm in self.writers:
            before, now = self.logs.get(vm, b""), self.portal.spooled(vm)
            assert now.startswith(before)
            self.logs[vm] = now


@pytest_asyncio.fixture
async def scene(portal: Portal) -> AsyncIterator[Scene]:
    await portal.at_rest()
    portal.guests["web-1"].tell(forget=True, **LINE_RATE)
    portal.guests["fast"].tell(**FAST)
    async with AsyncExitStack() as left:

        async def page(person: str, vm: str) -> Page:
            return await left.enter_async_context(Page(portal.address(vm), portal.cookies[person]))

        writers = {vm: await page("owner", vm) for vm in ("web-1", "fast")}
        others = [await page(person, "web-1") for person in ("contributor", "watcher")]
        others.append(await page("owner", "fast"))
        for one in others:
            one.wish = "watch"
        yield Scene(portal, writers, others)


async def test_whatever_is_killed_the_log_has_all_and_pages_go_on_where_they_were(scene: Scene) -> None:
    portal = scene.portal
    await scene.moves()
    await scene.types(b"begin;")
    for victim in ("worker", "redis", "web", "hub"):
        await scene.kill(victim)
        await scene.types(victim.encode() + b";")
    await scene.kill("redis", "hub", "web", "worker")
    await scene.types(b"all of them;")
    for vm, writer in scene.writers.items():
        guest = portal.guests[vm]
        guest.tell(rate=0)
        await has_all(portal, vm, guest)
        assert len(guest.connections) == 3, "nothing but the hub's own end lets go of a line"
        check_log(portal.spooled(vm), guest.connections)
        assert writer.opened == 3, "nothing but the web's own end closes a page's socket"
    await shown_all(scene)


async def has_all(portal: Portal, vm: str, guest: Guest) -> None:
    last = guest.connections[-1]
    end = printed(last.start + last.written - 100, 100)
    await until(lambda: portal.spooled(vm).endswith(end))


def check_log(log: bytes, connections: list[Connection]) -> None:
    """Of each connection, all that was read: it ends with what the hub's death left unread, the last one with the last byte."""
    pieces = GREETING.split(log)
    assert pieces.pop(0) == b""
    told = list(zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True))
    assert [int(number) for number, _, _ in told] == list(range(1, len(connections) + 1))
    for (_, start, data), known in zip(told, connections, strict=True):
        assert int(start) == known.start
        assert data == printed(known.start, len(data))
        least = known.written if known is connections[-1] else known.read
        assert 0 < least <= len(data) <= known.written


async def shown_all(scene: Scene) -> None:
    for page in scene.pages:
        vm = page.address.rstrip("/").split("/")[-2]
        log = scene.portal.spooled(vm)
        await page.until(lambda page=page, log=log: page.at == len(log))
        assert bytes(page.text) == log[page.start :]
        assert page.told(Op.GAP) == page.told(Op.SKIP) == []


async def test_a_seat_is_held_for_a_page_whose_web_was_killed_against_whoever_comes_first(
    portal: Portal,
) -> None:
    """A second web serves both of them at once."""
    await portal.at_rest()
    portal.guests["quiet"].tell(forget=True)
    address, other = portal.address("quiet"), free_port()
    async with AsyncExitStack() as left:
        writer = await left.enter_async_context(Page(address, portal.cookies["owner"]))
        assert writer.writes
        portal.web(other)
        await until(lambda: portal.answers(other))
        writer.address = portal.address("quiet", other)
        portal.kill("web")
        eager = Page(writer.address, portal.cookies["owner"])
        assert not (await left.enter_async_context(eager)).writes
        await writer.until(lambda: writer.opened == 2 and writer.writes)
        await eager.type(b"[not mine]")
        await eager.heard_out()
        await writer.type(b"still mine")
        await portal.guests["quiet"].hears(b"still mine")
        assert portal.guests["quiet"].heard == b"still mine"
        portal.start("web")
        await portal.up()
