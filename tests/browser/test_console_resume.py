"""The web process, then the hub, are killed under an attached page whose machine goes on printing. It comes back by itself where it was."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal, until_healthy
from tests.browser.terminals import Frames, House, attach, download, shows, state
from tests.chaos.guest import Guest, guest
from tests.chaos.sequence import printed

pytestmark = pytest.mark.browser
END = b"-the-end-"
GREETING = re.compile(rb"\[connection(\d+)at(\d+)\]")


@pytest.fixture
def machine(portal: Portal) -> Iterator[Guest]:
    """Not a part of the hub, and so survives it."""
    with guest(portal.folder / "machine.sock") as made:
        yield made


def up(page: Page) -> None:
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up", timeout=30_000)


def moves(page: Page) -> None:
    """Something new is drawn, twice."""
    for _ in range(2):
        offset = page.locator("[data-offset]")
        expect(offset).not_to_have_attribute("title", offset.get_attribute("title") or "")


def test_it_resumes_after_the_web_and_the_hub_were_killed_without_a_gap_or_a_repeat(
    portal: Portal, machine: Guest, window: Window
) -> None:
    house = House(portal, {"machine": f"unix://{machine.path}"})
    person = house.person("Owner")
    page = window(cut_off=True)
    frames = attach(page, person, house.console("machine"))
    machine.tell(rate=2_000, chunk=16)
    moves(page)

    with portal.web.killed():
        expect(state(page)).to_contain_text("The connection to the portal is lost")
        assert faults(page) == []
    until_healthy(portal.url)
    up(page)
    expect(page.locator("[data-since]")).to_contain_text("nothing missed")
    moves(page)

    with portal.hub.killed():
        expect(state(page)).to_contain_text("The hub that holds this machine's line does not answer")
        assert faults(page) == []
    up(page)
    moves(page)
    machine.tell(rate=0)
    machine.prints(b"\r\n" + END)  # else it may break at the terminal's edge
    shows(page, END.decode())
    assert frames.wrong == []
    check(page, frames, machine)
    again = window()
    second = attach(again, person, house.console("machine"))
    shows(again, END.decode())
    assert bytes(second.output) == bytes(frames.output)


def check(page: Page, frames: Frames, machine: Guest) -> None:
    """What the terminal holds is what came, and that is what the machine printed on each of its two connections."""
    drawn = re.sub(rb"\s", b"", download(page, "Plain text"))
    assert drawn == re.sub(rb"\s", b"", bytes(frames.output))
    first, *told = GREETING.split(drawn.removesuffix(END))
    assert first == b""
    connections = machine.connections
    assert [int(number) for number in told[::3]] == [1, 2]
    for start, digits, known in zip(told[1::3], told[2::3], connections, strict=True):
        all_of_it = printed(int(start), known.written).replace(b"\n", b"")
        assert all_of_it.startswith(digits)
        assert len(digits) > 400
