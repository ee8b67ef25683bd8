"""The tools of the console's command bar, on real lines: a loop that echoes what it takes, and the demonstration's guests."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in

pytestmark = pytest.mark.browser
KEYS = 0x01
PASTE = """text => {
    const held = new DataTransfer();
    held.setData('text/plain', text);
    const event = new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(event);
}"""

# A fast line is done before a test looks twice, so the page itself notes what its panel showed.
SEEN = """() => {
    const panel = document.getElementById('paste-panel');
    const note = () => { if (!panel.hidden) window.seen = panel.innerText; };
    new MutationObserver(note).observe(panel, {childList: true, subtree: true, attributes: true});
}"""


class Sent:
    """What the page sends to the guest."""

    def __init__(self, page: Page) -> None:
        self.keys = b""
        page.on("websocket", lambda socket: socket.on("framesent", self._frame))

    def _frame(self, frame: bytes | str) -> None:
        assert isinstance(frame, bytes)
        if frame[0] == KEYS:
            self.keys += frame[1:]


def attach(page: Page, portal: Portal, machine: str) -> Sent:
    sent = Sent(page)
    sign_in(page, demo_person(portal, "contoso-owner"), at=f"{portal.vm(machine)}console/")
    attached(page)
    return sent


def attached(page: Page) -> None:
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")
    expect(page.get_by_label("Terminal input")).to_be_focused()


@pytest.fixture
def echo(page: Page, portal: Portal) -> tuple[Page, Sent]:
    """A machine whose line says back what it is told, and its owner attached to it."""
    name = f"loop-{uuid4().hex[:8]}"
    home = portal.hands("house", name=name, vms={"echo": "running"})
    person = portal.hands("person", name=name, tenant=home["tenant"], role="Owner")
    sent = Sent(page)
    sign_in(page, person, at=f"/vms/{home['subscription']}/web/echo/console/")
    attached(page)
    return page, sent


def note(page: Page) -> Locator:
    return page.locator("[data-slot=tool]")


def raw(page: Page) -> bytes:
    """What came back, as the raw download has it."""
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("button", name="Raw bytes").click()
    assert begun.value.suggested_filename.endswith("Z.log")
    return Path(begun.value.path()).read_bytes()


def test_a_paste_of_a_hundred_kilobytes_asks_first_shows_progress_and_arrives_whole(
    echo: tuple[Page, Sent],
) -> None:
    page, _sent = echo
    text = "".join(f"line {number:06d} é\n" for number in range(6_600))
    page.evaluate(PASTE, text)
    ask = page.get_by_role("dialog", name="Send this to echo?")
    expect(ask).to_contain_text("Lines: 6,600.")
    expect(ask).to_contain_text("The last line ends with Enter")
    page.evaluate(SEEN)
    ask.get_by_role("button", name="Send").click()
    expect(page.locator("#said")).to_have_text("Pasted: the line took all 92,400 characters.", timeout=60_000)
    assert "bytes a second" in page.evaluate("window.seen")
    expect(page.get_by_role("region", name="Paste in progress")).to_be_hidden()
    expect(page.get_by_label("Terminal input")).to_be_focused()
    wanted = text.replace("\n", "\r").encode()
    assert raw(page) == wanted


def test_escape_ends_a_paste_and_it_says_how_much_arrived(echo: tuple[Page, Sent]) -> None:
    page, sent = echo
    page.evaluate(PASTE, "x" * 500_000)
    expect(page.get_by_role("region", name="Paste in progress")).to_be_visible()
    page.keyboard.type("abc")
    page.keyboard.press("Escape")
    expect(note(page)).to_contain_text("of 500,000 characters. On their way when you cancelled:")
    assert set(sent.keys) == set(b"x"), "keys typed meanwhile do not land in the text"
    assert len(sent.keys) < 500_000
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_label("Terminal input")).to_be_focused()


def test_a_single_line_is_sent_at_once_and_without_what_cannot_be_seen_unless_it_is_wanted(
    echo: tuple[Page, Sent],
) -> None:
    page, sent = echo
    page.evaluate(PASTE, "uname -a")
    expect(page.locator("#said")).to_have_text("Pasted: the line took all 8 characters.")
    page.evaluate(PASTE, "\x1b[2Jls\x07")
    ask = page.get_by_role("dialog", name="Send this to echo?")
    expect(ask).to_contain_text("⟨Esc⟩[2Jls⟨^G⟩")
    ask.get_by_role("button", name="Send").click()
    expect(page.locator("#said")).to_have_text("Pasted: the line took all 5 characters.")
    assert sent.keys == b"uname -a[2Jls"


def test_it_refuses_what_is_too_large_with_a_sentence(echo: tuple[Page, Sent]) -> None:
    page, sent = echo
    page.evaluate(PASTE, "x" * (1024 * 1024 + 1))
    expect(note(page)).to_contain_text("A paste may have 1,024 KiB")
    assert sent.keys == b""


def test_function_keys_reach_windows_as_sac_reads_them_until_the_switch_is_off(
    page: Page, portal: Portal
) -> None:
    sent = attach(page, portal, "dc-1")
    page.keyboard.press("F8")
    page.keyboard.press("Home")
    page.get_by_role("button", name="Keys").click()
    page.get_by_role("button", name="F8 while Windows starts").click()
    expect(page.get_by_label("Terminal input")).to_be_focused()
    assert sent.keys == b"\x1b8\x1bh\x1b8"
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("SAC keys").uncheck()
    page.keyboard.press("Escape")
    page.get_by_label("Terminal input").focus()
    page.keyboard.press("F8")
    assert sent.keys == b"\x1b8\x1bh\x1b8\x1b[19~"


def test_the_keys_menu_works_by_keys_alone(echo: tuple[Page, Sent]) -> None:
    page, sent = echo
    page.keyboard.press("Control+F6")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Keys")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("button", name="F2", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Terminal input")).to_be_focused()
    assert sent.keys == b"\x1bOQ"


def test_what_the_line_cannot_do_is_greyed_with_the_reason(echo: tuple[Page, Sent]) -> None:
    page, _sent = echo
    page.get_by_role("button", name="Keys").click()
    never = page.get_by_role("button", name="Ctrl+Alt+Del")
    expect(never).to_have_attribute("aria-disabled", "true")
    expect(never).to_contain_text("Homeport holds this machine's serial line only")


def test_a_watchers_keys_are_greyed_and_a_paste_is_refused(echo: tuple[Page, Sent]) -> None:
    page, sent = echo
    page.get_by_role("button", name="writer: you").click()
    page.get_by_role("button", name="Give up the keyboard").click()
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_text("only the writer's keys reach the guest")).to_be_visible()
    expect(page.get_by_role("button", name="F1", exact=True)).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    page.get_by_label("Terminal input").focus()
    page.evaluate(PASTE, "reboot")
    expect(note(page)).to_contain_text("You are watching: a paste needs the keyboard.")
    assert sent.keys == b""


def test_it_finds_words_in_what_was_printed_and_escape_goes_back_to_the_terminal(
    echo: tuple[Page, Sent],
) -> None:
    page, _sent = echo
    page.keyboard.type("needle hay needle Needle")
    page.keyboard.press("Control+Shift+F")
    bar = page.get_by_role("search", name="Search in the terminal")
    page.keyboard.type("needle")
    count = bar.get_by_role("status")
    expect(count).to_contain_text("of 3")
    before = count.inner_text()
    page.keyboard.press("Enter")
    expect(count).not_to_have_text(before)
    expect(count).to_contain_text("of 3")
    bar.get_by_label("Match case").check()
    expect(bar).to_contain_text("of 2")
    bar.get_by_label("Regular expression").check()
    bar.get_by_label("Search in the terminal").fill("[")
    expect(bar).to_contain_text("no regular expression yet")
    page.keyboard.press("Escape")
    expect(bar).to_be_hidden()
    expect(page.get_by_label("Terminal input")).to_be_focused()


def test_the_looks_are_remembered_with_the_person(echo: tuple[Page, Sent]) -> None:
    page, _sent = echo
    size = page.get_by_label("Font size")
    with page.expect_response("**/account/terminal/"):
        page.keyboard.press("Control+Shift+Equal")
        page.keyboard.press("Control+Shift+Equal")
    page.get_by_role("button", name="Looks").click()
    expect(size).to_have_value("16")
    with page.expect_response("**/account/terminal/"):
        page.get_by_label("Colours").select_option("green")
    page.reload()
    attached(page)
    page.get_by_role("button", name="Looks").click()
    expect(size).to_have_value("16")
    ground = "getComputedStyle(document.querySelector('.console-terminal')).backgroundColor"
    assert page.evaluate(ground) == "rgb(4, 20, 10)"


def test_it_types_the_size_for_a_guest_that_cannot_know_it_and_leaves_enter_to_the_person(
    echo: tuple[Page, Sent],
) -> None:
    page, sent = echo
    page.get_by_role("button", name="Fit").click()
    page.get_by_role("button", name="Type it you press Enter").click()
    expect(page.get_by_label("Terminal input")).to_be_focused()
    assert sent.keys.startswith(b"stty rows ")
    assert b"\r" not in sent.keys


def test_a_guest_that_stays_silent_after_enter_gets_help_for_its_own_system(
    page: Page, portal: Portal
) -> None:
    page.clock.install()
    sent = attach(page, portal, "build-1")
    page.keyboard.press("Enter")
    page.clock.run_for(9_000)
    panel = page.get_by_role("region", name="No answer for ten seconds")
    expect(panel).to_be_hidden()
    page.clock.run_for(1_500)
    expect(panel).to_contain_text("Cloud images of Ubuntu have the console on.")
    expect(page.get_by_label("Terminal input")).to_be_focused()
    panel.get_by_role("button", name="Type it: sudo update-grub").click()
    assert sent.keys == b"\rsudo update-grub"


def test_the_help_opens_by_keys_has_tabs_and_gives_the_focus_back(page: Page, portal: Portal) -> None:
    attach(page, portal, "web-1")
    page.keyboard.press("Shift+F1")
    expect(page.get_by_role("tab", name="Shortcuts")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Enter does nothing")).to_be_visible()
    page.get_by_role("tab", name="Single-user mode").click()
    expect(page.get_by_role("button", name="Type it: init=/bin/bash rw")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Terminal input")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_menus_panels_and_help_are_named_and_readable(window: Window, portal: Portal, scheme: str) -> None:
    page = window(color_scheme=scheme)
    attach(page, portal, "dc-1")
    for menu in ("Power", "Keys", "Fit", "Download", "Looks"):
        page.get_by_role("button", name=menu).click()
        expect(page.locator(".console-menu.show")).to_be_visible()
        assert faults(page) == [], menu
        page.keyboard.press("Escape")
    page.evaluate("document.querySelectorAll('.console-aside').forEach(panel => panel.hidden = false)")
    assert faults(page) == []
    page.get_by_role("button", name="Help").click()
    for tab in page.get_by_role("tab").all():
        tab.click()
        assert faults(page) == [], tab.inner_text()
