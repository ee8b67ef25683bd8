"""A real guest on its console's page: keys on its keyboard where its line has no BREAK, a reset out of a panic, off and on again."""

import time
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from portal.lab import machines
from tests.browser.portal import Portal
from tests.browser.steps import sign_in
from tests.browser.terminals import Frames, House, shows, stands_at, state, terminal
from tests.guests.conftest import MakeSmall, built_small, make_small  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.guest]

BOOT = 120.0  # a guest that has no core to itself starts slowly
ASKED_MS = 1_000  # what asks for a password throws away what was typed before


@pytest.fixture
def house(acting: Portal, make_small: MakeSmall) -> House:  # noqa: F811
    """Of a small Linux that is off. Its line knows no monitor, so it has no BREAK."""
    path = make_small()
    lines = {"vm": f"unix://{quote(str(path.parent))}/serial.sock"}
    return House(acting, lines, vms={"vm": "deallocated"}, machines={"vm": machines.machine_url(path)})


@pytest.fixture
def frames(house: House, page: Page) -> Frames:
    """Its owner has signed in at its console, and started it there."""
    made = Frames(page)
    sign_in(page, house.person("Robin"), at=house.console("vm"))
    state(page).get_by_role("button", name="Start").click()
    asks_for_a_name(page, made, boots=1)
    return made


def asks_for_a_name(page: Page, frames: Frames, boots: int) -> None:
    end = time.monotonic() + BOOT
    while frames.output.count(b"login: ") < boots:
        assert time.monotonic() < end, frames.output[-1000:]
        page.wait_for_timeout(50)
    assert frames.output.count(b"Linux version") == boots


def presses_sysrq(page: Page, key: str) -> None:
    page.get_by_role("button", name="Keys", exact=True).click()
    menu = page.locator("#keys-menu")
    expect(menu.get_by_role("button", name="BREAK")).to_contain_text("This line cannot carry a BREAK.")
    menu.get_by_role("button", name="SysRq").click()
    page.keyboard.press(key)
    page.get_by_role("dialog").get_by_role("button", name=f"Press {key.upper()}").click()


def logs_in(page: Page) -> None:
    expect(terminal(page)).to_be_focused()
    page.keyboard.type("root\r", delay=30)
    stands_at(page, "^Password:$")
    page.wait_for_timeout(ASKED_MS)
    page.keyboard.type("homeport\r", delay=30)
    stands_at(page, "^root@small-1:~#$")


def test_sysrq_is_pressed_on_the_keyboard_where_the_line_has_no_break_and_a_reset_ends_a_panic(
    page: Page, frames: Frames
) -> None:
    presses_sysrq(page, "h")
    shows(page, "sysrq: HELP")
    presses_sysrq(page, "c")
    shows(page, "end Kernel panic - not syncing: sysrq triggered crash")
    badge = page.locator(".console-head .trouble")
    expect(badge).to_contain_text("kernel panic")
    page.get_by_role("button", name="Power", exact=True).click()
    page.locator("#power-menu").get_by_role("button", name="Hard reset").click()
    page.get_by_role("dialog", name="Reset vm?").get_by_role("button", name="Hard reset").click()
    asks_for_a_name(page, frames, boots=2)
    expect(badge).to_be_hidden()
    logs_in(page)
    assert frames.wrong == []


def test_a_guest_that_is_deallocated_starts_again_on_the_same_page_and_misses_nothing(
    page: Page, frames: Frames
) -> None:
    logs_in(page)
    page.get_by_role("button", name="Power", exact=True).click()
    page.locator("#power-menu").get_by_role("button", name="Stop (deallocate)").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop (deallocate)").click()
    expect(state(page)).to_contain_text("holds no host")
    stands_at(page, "^root@small-1:~#$")
    state(page).get_by_role("button", name="Start").click()
    asks_for_a_name(page, frames, boots=2)
    expect(page.locator(".console-foot [data-since]")).to_contain_text("nothing missed")
    logs_in(page)
    assert frames.wrong == []
