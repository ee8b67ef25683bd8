"""The console's page as a whole: by keyboard alone, on a phone's width, in a window of its own, and what it saves."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.terminals import PASTE, Frames, House, attach, download, keyboard, screen, shows, terminal

pytestmark = pytest.mark.browser
MOST_TABS = 60
NAME = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText.trim()"
PHONE: ViewportSize = {"width": 360, "height": 740}


@pytest.fixture
def house(portal: Portal) -> House:
    return House(portal, {"echo": "scripted://echo"})


def tab_to(page: Page, name: str) -> None:
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(NAME) == name:
            return
    raise AssertionError(f"Tab never came to {name}")


def test_from_the_sign_in_page_into_the_terminal_and_out_again_without_a_mouse(
    page: Page, house: House
) -> None:
    person = house.person("Operator")
    page.goto("/sign-in/")
    tab_to(page, "")
    page.get_by_label("User name or e-mail address").press_sequentially(person["username"])
    page.keyboard.press("Tab")
    page.keyboard.type(person["password"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Account menu of")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("/")
    page.keyboard.type("echo")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("echo")
    tab_to(page, "Serial console")
    page.keyboard.press("Enter")
    expect(terminal(page)).to_be_focused()
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")
    page.keyboard.type("typed")
    shows(page, "typed")
    page.keyboard.press("Tab")
    page.keyboard.type("on")
    shows(page, "typed   on")
    page.keyboard.press("Control+F6")
    expect(page.get_by_role("button", name="Power", exact=True)).to_be_focused()
    tab_to(page, "Terminal input")
    page.keyboard.type("!")
    shows(page, "typed   on!")
    page.get_by_role("link", name="Skip to content").focus()
    page.keyboard.press("Enter")
    expect(terminal(page)).to_be_focused()


def test_dialogs_begin_on_the_harmless_answer_and_give_the_focus_back(page: Page, house: House) -> None:
    frames = attach(page, house.person("Operator"), house.console("echo"))
    page.keyboard.press("Control+F6")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    for _ in range(MOST_TABS):
        if "BREAK" in page.evaluate(NAME):
            break
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    ask = page.get_by_role("dialog")
    expect(ask.get_by_role("button", name="Cancel")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(terminal(page)).to_be_focused()
    page.evaluate(PASTE, "one\ntwo\n")
    expect(page.get_by_role("dialog", name="Send this to echo?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(terminal(page)).to_be_focused()
    page.keyboard.type("nothing was sent")
    shows(page, "nothing was sent")
    assert frames.keys == b"nothing was sent"


def test_whoever_watches_tabs_through_the_terminal(page: Page, house: House) -> None:
    attach(page, house.person("Operator"), house.console("echo"))
    page.get_by_role("button", name="writer: you").click()
    page.get_by_role("button", name="Give up the keyboard").click()
    expect(keyboard(page)).to_contain_text("You are watching; nobody types.")
    expect(terminal(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(terminal(page)).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(terminal(page)).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phones_width_everything_is_in_reach_and_nothing_scrolls_sideways(
    window: Window, house: House, scheme: str
) -> None:
    page = window(color_scheme=scheme)
    attach(page, house.person("Operator"), house.console("echo"))
    page.set_viewport_size(PHONE)
    page.keyboard.type("on the phone")
    shows(page, "on the phone")
    page.get_by_role("button", name="Understood").click()
    for menu in ("Power", "Keys", "Fit", "Download", "Looks"):
        page.get_by_role("button", name=menu).click()
        box = page.locator(".console-menu.show").bounding_box()
        assert box
        assert box["x"] >= 0, menu
        assert box["x"] + box["width"] <= PHONE["width"], menu
        assert box["y"] + box["height"] <= PHONE["height"], menu
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    place = page.locator("[data-terminal]").bounding_box()
    assert place
    assert place["height"] > PHONE["height"] / 2
    assert faults(page) == []


def test_a_window_of_its_own_takes_the_keyboard_along(page: Page, house: House) -> None:
    attach(page, house.person("Operator"), house.console("echo"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Pop out").click()
    own = opened.value
    expect(own.locator("[data-console]")).to_have_attribute("data-state", "up")
    expect(own.get_by_role("button", name="writer: you · 1 watching")).to_be_visible()
    expect(keyboard(page)).to_contain_text("You are watching here; you type in another window since")
    expect(own.locator(".rail")).to_have_count(0)
    own.keyboard.type("from the window")
    shows(page, "from the window")
    assert own.evaluate("opener") is None
    assert faults(own) == []


def test_a_character_that_comes_byte_by_byte_is_shown_whole(portal: Portal, page: Page) -> None:
    bytewise = "; sleep 0.2; ".join(rf"printf '\{byte:03o}'" for byte in "…".encode())
    script = f"read enter; printf serv; {bytewise}; printf ger; exec sleep 600"
    house = House(portal, {"vm": f"pty:///bin/sh?arg=-c&arg={quote(script)}"})
    attach(page, house.person("Robin"), house.console("vm"))
    page.keyboard.press("Enter")
    shows(page, "serv…ger")


def test_the_plain_text_is_saved_as_it_is_read_and_the_raw_bytes_as_they_came(
    page: Page, house: House
) -> None:
    frames: Frames = attach(page, house.person("Operator"), house.console("echo"))
    page.evaluate(PASTE, "x" * 1_000)
    expect(page.locator("#said")).to_contain_text("Pasted")
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="F5", exact=True).click()
    page.keyboard.type("e")
    shows(page, "xe")
    assert download(page, "Plain text") == b"x" * 1_000 + b"e\n"
    assert download(page, "Raw bytes") == b"x" * 1_000 + b"\x1b[15~e" == bytes(frames.output)
    assert screen(page).count("x") == 1_000
