"""A machine that means harm prints at whoever is attached: nothing of it leaves the terminal, and no watcher's terminal answers it."""

import random
import time
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from consoles.wire import Op
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.terminals import House, attach, keyboard, shows, terminal
from tests.chaos.guest import Guest, guest

pytestmark = pytest.mark.browser
PATIENCE = 20.0
ST, RESET = b"\x1b\\", b"\x1bc"
QUESTIONS = {
    "attributes": b"\x1b[c\x1b[>c\x1b[=c\x1bZ",
    "status and cursor": b"\x1b[5n\x1b[6n\x1b[?6n\x1b[?15n",
    "colours": b"\x1b]10;?\x07\x1b]11;?\x07\x1b]4;1;?\x07",
    "settings": b'\x1bP$q"p\x1b\\\x1bP$qm\x1b\\\x1bP+q544e\x1b\\',
    "modes": b"\x1b[?1$p\x1b[?2004$p\x1b[20$p",
    "window": b"\x1b[14t\x1b[18t\x1b[21t\x1b[20t",
    "answerback": b"\x05",
}
CORPUS = {
    "title": b"\x1b]0;EVIL\x07\x1b]1;EVIL\x07\x1b]2;EVIL" + ST,
    "clipboard": b"\x1b]52;c;RVZJTA==\x07\x1b]52;p;RVZJTA==" + ST + b"\x1b]52;c;?\x07",
    "links": b"\x1b]8;;javascript:document.title='EVIL'\x07click\x1b]8;;\x07 \x1b]8;;data:text/html,EVIL\x07click\x1b]8;;\x07",
    "makers": b"\x1b]1337;File=inline=1:RVZJTA==\x07\x1b]9;EVIL\x07\x1b]777;notify;EVIL;EVIL\x07\x1b]7;file://evil/\x07",
    "bells": b"\x07" * 500,
    "screens": b"\x1b[?1049h\x1b[2J\x1b[?47h\x1b[?1049l\x1b[?47l" * 50,
    "size": b"\x1b[8;1;1t\x1b[3;0;0t\x1b[2t\x1b[9;1t\x1b[?3h\x1b[?40h",
    "print": b"\x1b[5i EVIL \x1b[4i\x1b[i",
    "keyboard": b"\x1b[2h\x1b[>4;2m\x1b[?66h\x1b[>1u",
    "invalid UTF-8": b"\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82" * 40,
    "C1": bytes(range(0x80, 0xA0)) * 4,
    "numbers": b"\x1b[" + b"9" * 5000 + b"A\x1b[99999999;99999999H\x1b[99999999b\x1b[2147483648@",
    "combining": b"e" + "\u0301".encode() * 3000,
    "directions": "\u202egnp.exe\u2066\u2069\u200b\ufeff".encode(),
    "unended": b"\x1bP" + b"q" * 70_000 + ST + b"\x1b]0;" + b"E" * 70_000 + b"\x18",
    "markup": b"<img src=x onerror=alert(1)><script>alert(2)</script>{{7*7}}",
}
BEEN = ("document.title", "location.href", "history.length", "localStorage.length")


@pytest.fixture
def machine(portal: Portal) -> Iterator[Guest]:
    with guest(portal.folder / f"{uuid4().hex[:8]}.sock") as made:
        yield made


@pytest.fixture
def house(portal: Portal, machine: Guest) -> House:
    return House(portal, {"evil": f"unix://{machine.path}"})


def says(page: Page, machine: Guest, *pieces: bytes, then: str) -> None:
    """All of it has been drawn when what follows it is on the screen. An escape that is open ends first."""
    machine.prints(*pieces, b"\x18" + ST + RESET + then.encode())
    shows(page, then)


def test_what_it_prints_reaches_no_title_no_clipboard_no_address_and_no_size(
    window: Window, house: House, machine: Guest
) -> None:
    page = window(permissions=["clipboard-read", "clipboard-write"])
    attach(page, house.person("Operator"), house.console("evil"))
    page.evaluate("navigator.clipboard.writeText('mine')")
    been = [page.evaluate(one) for one in BEEN]
    size = page.locator("#fit-button [data-size]").inner_text()
    for name, piece in CORPUS.items():
        says(page, machine, piece, then=f"after {name}")
    noise = random.Random(4711).randbytes(200_000)
    says(page, machine, noise, then="after noise")
    assert [page.evaluate(one) for one in BEEN] == been
    assert page.evaluate("navigator.clipboard.readText()") == "mine"
    assert page.locator("#fit-button [data-size]").inner_text() == size
    assert len(page.context.pages) == 1
    expect(terminal(page)).to_be_focused()
    machine.prints(RESET + b"ready")
    shows(page, "ready")
    page.keyboard.type("still typing")
    heard(page, machine, b"still typing")


def heard(page: Page, machine: Guest, data: bytes) -> None:
    end = time.monotonic() + PATIENCE
    while data not in machine.heard:
        assert time.monotonic() < end, machine.heard
        page.evaluate("new Promise(requestAnimationFrame)")  # and its events are served


def test_no_watchers_terminal_answers_a_question_and_the_writers_answers_only_new_ones(
    page: Page, window: Window, house: House, machine: Guest
) -> None:
    watcher = window()
    watching = attach(watcher, house.person("Watcher", "Virtual Machine Contributor"), house.console("evil"))
    watcher.get_by_role("button", name="writer: you").click()
    watcher.get_by_role("button", name="Give up the keyboard").click()
    expect(keyboard(watcher)).to_contain_text("You are watching; nobody types.")
    machine.prints(*QUESTIONS.values(), b"\r\nasked one")
    shows(watcher, "asked one")
    assert Op.KEYS not in watching.sent

    writing = attach(page, house.person("Writer"), house.console("evil"))
    shows(page, "asked one")
    page.keyboard.type("x")
    heard(page, machine, b"x")
    assert machine.heard == b"x", "what was asked before the attach is history"
    machine.prints(b"\x1b[5n\r\nasked two")
    shows(watcher, "asked two")
    heard(page, machine, b"\x1b[0n")
    assert machine.heard == b"x\x1b[0n"
    assert (writing.keys, watching.keys) == (b"x\x1b[0n", b"")


def test_an_address_that_it_prints_is_shown_before_it_opens_and_opens_knowing_nothing_of_the_page(
    page: Page, house: House, machine: Guest
) -> None:
    attach(page, house.person("Operator"), house.console("evil"))
    says(page, machine, b"", then="see http://LOCALHOST:1/trap?x=1 now")
    place = page.locator(".xterm-rows").get_by_text("localhost:1/trap").bounding_box()
    assert place
    for step in (40, 44):
        page.mouse.move(place["x"] + step, place["y"] + 6)
    expect(page.locator(".xterm-cursor-pointer")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    ask = page.get_by_role("dialog", name="Open this address?")
    expect(ask).to_contain_text("http://localhost:1/trap?x=1")  # as the browser reads it
    expect(ask.get_by_role("button", name="Stay here")).to_be_focused()
    page.keyboard.press("Enter")
    expect(ask).to_be_hidden()
    expect(terminal(page)).to_be_focused()
    assert len(page.context.pages) == 1
