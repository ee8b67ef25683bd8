"""Typing into machines that answer: a pretended one, and a real shell under a terminal."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.portal import Portal
from tests.browser.terminals import PASTE, SCREEN, House, attach, screen, shows, terminal

pytestmark = pytest.mark.browser

SHELL = "pty:///bin/bash?arg=--norc&arg=--noprofile&arg=-i"
LINES = 48_000
PRINTS = quote(f"seq -f 'line %015.0f' 1 {LINES}; printf 'that is all'; exec sleep 600")
LARGE = f"pty:///bin/sh?arg=-c&arg={PRINTS}"

# How long after Ctrl-C the last change was drawn: the prompt, at the end of the screen.
STOPPED = f"""prompt => {{
    window.stopped = window.pressed = null;
    addEventListener('keydown', event => {{ if (event.ctrlKey && event.key === 'c') window.pressed = performance.now(); }}, true);
    new MutationObserver(() => {{
        if (window.pressed === null) return;
        if (!({SCREEN}).endsWith(prompt)) window.stopped = null;
        else window.stopped ??= performance.now() - window.pressed;
    }}).observe(document.querySelector('.xterm-rows'), {{childList: true, subtree: true, characterData: true}});
}}"""

# From the socket's beginning until the last line is on the screen.
DRAWN = f"""(() => {{
    const Plain = WebSocket;
    let begun = null;
    window.WebSocket = class extends Plain {{ constructor(...all) {{ super(...all); begun ??= performance.now(); }} }};
    addEventListener('DOMContentLoaded', function look() {{
        if (({SCREEN}).endsWith('that is all')) window.drawn = performance.now() - begun;
        else requestAnimationFrame(look);
    }});
}})()"""


@pytest.fixture(scope="module")
def house(portal: Portal) -> House:
    return House(
        portal,
        {"pretended": "scripted://linux-login/web?speed=20&rate=11520", "shell": SHELL, "large": LARGE},
    )


def interrupted(page: Page, prompt: str) -> float:
    """`yes` runs until Ctrl-C; the milliseconds until the screen stood still."""
    page.evaluate(STOPPED, prompt)
    page.keyboard.type("yes\n")
    shows(page, "y\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny\ny")
    page.keyboard.press("Control+c")
    page.wait_for_function("() => window.stopped !== null")
    page.keyboard.type("echo here again\n")
    shows(page, "\nhere again")
    found: float = page.evaluate("window.stopped")
    return found


def test_control_c_stops_the_screen_of_a_pretended_machine(page: Page, house: House) -> None:
    attach(page, house.person("Operator"), house.console("pretended"))
    shows(page, "login:")
    page.keyboard.type("root\n")
    shows(page, "Password:")
    page.keyboard.type("homeport\n")
    shows(page, "#")
    page.keyboard.type("uname -s\n")
    shows(page, "Linux\n")
    took = interrupted(page, "#")
    print(f"stopped after {took:.0f} ms")
    assert took < 1_000


def test_control_c_stops_the_screen_of_a_real_shell_that_prints_as_fast_as_it_can(
    page: Page, house: House
) -> None:
    attach(page, house.person("Operator"), house.console("shell"))
    page.keyboard.type("PS1='ready> '\n")
    shows(page, "\nready>")
    took = interrupted(page, "ready>")
    print(f"stopped after {took:.0f} ms")
    assert took < 5_000  # a bound for busy machines


def test_a_paste_that_ends_with_enter_runs_in_a_shell_that_has_a_paste_mode(
    portal: Portal, page: Page
) -> None:
    house = House(portal, {"shell": SHELL})
    attach(page, house.person("Operator"), house.console("shell"))
    page.keyboard.type("PS1='ready> '\n")
    shows(page, "\nready>")
    text = "echo one $((20+2))\necho two $((40+2))\n"
    page.evaluate(PASTE, text)
    page.get_by_role("dialog", name="Send this to").get_by_role("button", name="Send").click()
    shows(page, "two 42\nready>")
    assert "one 22" in screen(page)
    expect(page.locator("#said")).to_have_text(f"Pasted: the line took all {len(text)} characters.")


def test_a_mebibyte_of_what_was_printed_before_is_drawn_on_attach(page: Page, house: House) -> None:
    frames = attach(page, house.person("Operator"), house.console("large"))
    shows(page, f"line {LINES:015d}\nthat is all")
    page.add_init_script(DRAWN)
    page.reload()
    page.wait_for_function("() => window.drawn")
    print(f"drawn after {page.evaluate('window.drawn'):.0f} ms")
    assert len(frames.output) >= 1024 * 1024
    expect(terminal(page)).to_be_focused()
    expect(page.locator("[data-offset]")).to_have_text(re.compile("1.0 MB"))
