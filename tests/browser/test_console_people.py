"""Two people at one machine: nobody is cut off unasked, and both read who did what and when."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.terminals import Frames, House, attach, keyboard, shows, terminal

pytestmark = pytest.mark.browser
TIME = r"\d\d:\d\d:\d\d"


@pytest.fixture
def house(portal: Portal) -> House:
    """A line of each test's own: a seat is kept for ten seconds after its page has gone."""
    return House(portal, {"echo": "scripted://echo"})


@pytest.fixture
def robin(page: Page, house: House) -> tuple[Page, Frames]:
    frames = attach(page, house.person("Robin"), house.console("echo"))
    expect(page.get_by_role("button", name="writer: you")).to_be_visible()
    return page, frames


@pytest.fixture
def kim(robin: tuple[Page, Frames], window: Window, house: House) -> tuple[Page, Frames]:
    """Comes second, and is asked."""
    page = window()
    frames = attach(page, house.person("Kim"), house.console("echo"))
    expect(page.get_by_role("dialog", name="Somebody is typing here")).to_be_visible()
    return page, frames


def test_who_comes_second_is_asked_and_the_keyboard_is_taken_over_and_back(
    robin: tuple[Page, Frames], kim: tuple[Page, Frames]
) -> None:
    (first, sent), (second, _) = robin, kim
    ask = second.get_by_role("dialog", name="Somebody is typing here")
    expect(ask).to_contain_text(re.compile(rf"Robin types on echo, from 127\.0\.0\.1, since {TIME}\."))
    expect(ask.get_by_role("button", name="Watch")).to_be_focused()
    assert faults(second) == []
    first.keyboard.type("one")
    shows(second, "one")
    expect(first.get_by_role("button", name="writer: you · 1 watching")).to_be_visible()
    ask.get_by_role("button", name="Take over").click()

    told = re.compile(rf"Kim \(127\.0\.0\.1\) took the keyboard at {TIME}; you are watching\.")
    expect(keyboard(first)).to_contain_text(told)
    expect(terminal(second)).to_be_focused()
    second.keyboard.type("two")
    shows(first, "onetwo")
    first.keyboard.type("lost")
    hint = keyboard(first).locator("[data-hint]")
    expect(hint).to_have_attribute("data-hint", "Keys do not reach the machine while you watch.")
    assert sent.keys == b"one"
    assert faults(first) == []

    keyboard(first).get_by_role("button", name="Take back").click()
    back = first.get_by_role("dialog", name="Somebody is typing here")
    expect(back).to_contain_text("Kim types on echo")
    back.get_by_role("button", name="Take over").click()
    expect(keyboard(second)).to_contain_text(
        re.compile(rf"Robin \(127\.0\.0\.1\) took the keyboard at {TIME}")
    )
    expect(keyboard(first).locator("[data-sentence]")).to_have_count(0)
    first.keyboard.type("three")
    shows(second, "onetwothree")
    keyboard(second).get_by_role("button", name="Watch").click()
    expect(keyboard(second)).to_contain_text(re.compile(rf"You are watching; Robin types since {TIME}\."))
    expect(terminal(second)).to_be_focused()


def test_whoever_watches_asks_for_the_keyboard_and_is_handed_it(
    robin: tuple[Page, Frames], kim: tuple[Page, Frames]
) -> None:
    (first, _), (second, sent) = robin, kim
    second.keyboard.press("Enter")
    expect(terminal(second)).to_be_focused()
    keyboard(second).get_by_role("button", name="Request keyboard").click()
    expect(keyboard(second)).to_contain_text("Robin has been asked for the keyboard.")
    expect(keyboard(first)).to_contain_text("Kim (127.0.0.1) asks for the keyboard.")
    expect(terminal(first)).to_be_focused()
    keyboard(first).get_by_role("button", name="Hand over").click()
    expect(keyboard(second)).to_contain_text(re.compile(rf"Robin handed you the keyboard at {TIME}\."))
    expect(keyboard(first)).to_contain_text("You are watching; Kim types")
    second.keyboard.type("handed")
    shows(first, "handed")
    assert sent.keys == b"handed"


def test_the_menu_of_people_says_who_is_here_since_when_and_from_where(
    robin: tuple[Page, Frames], kim: tuple[Page, Frames]
) -> None:
    (first, _), (second, _) = robin, kim
    second.keyboard.press("Enter")
    first.get_by_role("button", name="writer: you").click()
    people = first.get_by_role("listitem").filter(has_text="127.0.0.1")
    expect(people).to_have_count(2)
    expect(people.first).to_contain_text(
        re.compile(rf"you.*writes.*since {TIME}, from 127\.0\.0\.1", re.DOTALL)
    )
    expect(people.last).to_contain_text(re.compile(rf"Kim.*watches.*since {TIME}", re.DOTALL))
    first.get_by_role("button", name="Hand the keyboard over to Kim").click()
    expect(keyboard(second)).to_contain_text("Robin handed you the keyboard")
    expect(terminal(first)).to_be_focused()
