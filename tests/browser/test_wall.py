"""The wall of consoles, with lines that echo: what is on screen is watched live, and nothing else is."""

import re
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser
MACHINES = 30
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
PICTURE = "tile => tile.querySelector('canvas').toDataURL()"


class Sockets:
    """Of a browser's pages: which machines they are open to, and what was said on them."""

    def __init__(self, page: Page) -> None:
        self.open: list[str] = []
        self.ever: list[str] = []
        self.asked: list[str] = []
        self.said: list[int] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: Any) -> None:
        name = re.findall(r"/([^/]+)/console/", socket.url)[0]
        if "mode=watch&via=wall" not in socket.url:
            return
        self.asked.append(socket.url)
        self.open.append(name)
        self.ever.append(name)
        socket.on("close", lambda *_: self.open.remove(name))
        socket.on("framesent", lambda frame: self.said.append(frame[0]))


@pytest.fixture(scope="module")
def house(portal: Portal) -> dict[str, str]:
    vms = {f"node-{number:02}": "running" for number in range(MACHINES)}
    name = {"name": f"waller-{uuid4().hex[:8]}", "display_name": "waller"}
    made = portal.hands("house", name=f"wall-{uuid4().hex[:8]}", vms={**vms, "off-1": "stopped"})
    found: dict[str, str] = portal.hands("person", tenant=made["tenant"], role="Owner", **name)
    return {**found, **made, "id": made["group"]}


def live(page: Page, *names: str) -> None:
    for name in names:
        expect(tile(page, name)).to_have_attribute("data-attached", "")


def tile(page: Page, name: str) -> Any:
    return page.locator("[data-tile]").filter(has=page.get_by_role("link", name=f"{name} serial console"))


def picture(page: Page, name: str) -> str:
    return str(tile(page, name).evaluate(PICTURE))


def in_sight(page: Page) -> set[str]:
    return set(
        page.evaluate("""() => [...document.querySelectorAll('[data-tile]')]
            .filter(one => one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().bottom > 0)
            .map(one => one.querySelector('[data-open]').firstChild.textContent.trim())""")
    )


def until(page: Page, true: Any) -> None:
    page.wait_for_timeout(20)
    for _ in range(400):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come to pass")


def pass_time(page: Page, seconds: int) -> None:
    """In steps in which pings are answered."""
    for _ in range(seconds // 4):
        page.clock.run_for(4000)
        page.wait_for_timeout(100)


@pytest.fixture
def wall(page: Page, house: dict[str, str]) -> tuple[Page, Sockets]:
    sockets = Sockets(page)
    sign_in(page, house, at="/consoles/?order=name")
    return page, sockets


def typing(context: BrowserContext, house: dict[str, str], machine: str, text: str) -> Page:
    """Somebody types on a machine's own page, in another tab."""
    console = context.new_page()
    console.goto(f"/vms/{house['subscription']}/web/{machine}/console/")
    expect(console.locator("[data-console]")).to_have_attribute("data-state", "up")
    console.keyboard.type(text)
    return console


def test_a_tile_shows_what_its_line_prints_and_who_writes(
    wall: tuple[Page, Sockets], house: dict[str, str]
) -> None:
    page, sockets = wall
    live(page, "node-00", "node-01")
    before, beside = picture(page, "node-00"), picture(page, "node-01")
    typing(page.context, house, "node-00", "watch this on the wall")
    page.bring_to_front()
    until(page, lambda: picture(page, "node-00") != before)
    assert picture(page, "node-01") == beside
    expect(tile(page, "node-00")).to_contain_text("waller writes")
    expect(tile(page, "node-00")).to_contain_text(re.compile(r"last output \d\d:\d\d:\d\d"))
    assert set(sockets.said) <= {0x02, 0x08}, "a wall says nothing but what it has drawn, and pings"


def test_only_tiles_on_screen_have_a_socket(wall: tuple[Page, Sockets]) -> None:
    page, sockets = wall
    live(page, "node-00")
    first = in_sight(page)
    assert 6 <= len(first) < MACHINES
    live(page, *first)
    assert first <= set(sockets.open)
    assert "node-29" not in sockets.ever
    page.get_by_role("link", name="node-29 serial console").scroll_into_view_if_needed()
    live(page, "node-29")
    until(page, lambda: "node-29" in sockets.open)
    until(page, lambda: "node-00" not in sockets.open)
    assert len(sockets.open) <= 36


def test_a_page_that_nobody_looks_at_lets_go_and_goes_on_where_it_stopped(
    window: Window, house: dict[str, str]
) -> None:
    page = window()
    sockets = Sockets(page)
    page.clock.install()
    sign_in(page, house, at="/consoles/?q=node-07")
    live(page, "node-07")
    console = typing(page.context, house, "node-07", "before ")
    until(page, lambda: 0x02 in sockets.said)
    page.evaluate(HIDE, True)
    pass_time(page, 24)
    assert sockets.open == ["node-07"]
    pass_time(page, 8)
    until(page, lambda: sockets.open == [])
    before = picture(page, "node-07")
    console.bring_to_front()
    console.keyboard.type("and meanwhile")
    page.evaluate(HIDE, False)
    page.clock.resume()
    live(page, "node-07")
    assert re.search(r"&from=\d+", sockets.asked[-1])
    until(page, lambda: picture(page, "node-07") != before)


def test_a_machine_that_is_off_is_not_asked_and_says_so_until_it_is_started(
    wall: tuple[Page, Sockets], house: dict[str, str], portal: Portal
) -> None:
    page, sockets = wall
    page.get_by_label("Search", exact=True).fill("off-1")
    expect(page.locator("[data-tile]")).to_have_count(1)
    expect(page.locator("[data-count]")).to_have_text("1 console")
    expect(page).to_have_url(re.compile(r"\?q=off-1&order=name$"))
    expect(tile(page, "off-1")).to_contain_text("Off: nothing on its line.")
    assert "off-1" not in sockets.ever
    scope = f"{house['group']}/providers/Microsoft.Compute/virtualMachines/off-1"
    portal.hands("power", scope=scope, state="running")
    expect(tile(page, "off-1")).to_contain_text("Running")
    live(page, "off-1")
    assert sockets.open == ["off-1"]
    portal.hands("power", scope=scope, state="stopped")


def test_a_machine_in_trouble_comes_first_and_says_which_while_its_line_goes_on(
    wall: tuple[Page, Sockets], house: dict[str, str], portal: Portal
) -> None:
    page, _sockets = wall
    live(page, "node-00")
    scope = f"{house['group']}/providers/Microsoft.Compute/virtualMachines/node-00"
    portal.hands("sight", scope=scope, kind="panic")
    expect(tile(page, "node-00")).to_have_attribute("data-kind", "trouble")
    expect(tile(page, "node-00")).to_contain_text(re.compile(r"kernel panic, \d\d:\d\d:\d\d"))
    expect(tile(page, "node-00")).to_have_attribute("data-attached", "")
    page.get_by_label("Order").select_option("")
    expect(page.locator("[data-tile]").first).to_contain_text("node-00")
    assert faults(page) == []
    portal.hands("sight", scope=scope, kind="login")
    expect(tile(page, "node-00")).to_have_attribute("data-kind", "")


def test_on_a_phone_the_filters_leave_the_screen_to_the_tiles(wall: tuple[Page, Sockets]) -> None:
    page, _sockets = wall
    page.set_viewport_size({"width": 360, "height": 740})
    box = page.locator("[data-wall-filters]").bounding_box()
    assert box
    assert box["height"] <= 740 / 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert faults(page) == []


def test_arrows_walk_from_tile_to_tile_and_enter_opens_the_console(wall: tuple[Page, Sockets]) -> None:
    page, _sockets = wall
    live(page, "node-00")
    page.get_by_label("Order").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="node-00 serial console")).to_be_focused()
    expect(page.get_by_role("link", name="node-00 serial console")).to_have_accessible_description(
        re.compile("Running.*production / web")
    )
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="node-03 serial console")).to_be_focused()
    page.keyboard.press("Tab")
    expect(tile(page, "node-03").get_by_role("button")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/web/node-03/console/$"))
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")


def test_a_pin_brings_a_tile_to_the_beginning_and_stays(wall: tuple[Page, Sockets]) -> None:
    page, _sockets = wall
    live(page, "node-00")
    page.get_by_role("button", name="Pin node-20 to the beginning").click()
    expect(page.locator("[data-tile]").first).to_contain_text("node-20")
    page.goto("/consoles/")
    expect(page.locator("[data-tile]").first).to_contain_text("node-20")
    pinned = page.get_by_role("button", name="Pin node-20 to the beginning")
    expect(pinned).to_have_attribute("aria-pressed", "true")
    pinned.click()
    expect(pinned).to_have_attribute("aria-pressed", "false")


def test_a_key_fills_the_screen_and_escape_brings_the_portal_back(wall: tuple[Page, Sockets]) -> None:
    page, _sockets = wall
    live(page, "node-00")
    page.keyboard.press("f")
    expect(page.get_by_role("navigation", name="Main menu")).to_be_hidden()
    expect(page.get_by_label("Search", exact=True)).to_be_hidden()
    expect(tile(page, "node-00")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Main menu")).to_be_visible()


def test_whoever_loses_the_right_is_told_in_the_tile_and_it_stops(
    window: Window, portal: Portal, house: dict[str, str]
) -> None:
    person = portal.hands(
        "person", name=f"guard-{uuid4().hex[:6]}", tenant=house["tenant"], role="Serial Console Watcher"
    )
    page = window(allow={403})
    sign_in(page, person, at="/consoles/?q=node-05")
    live(page, "node-05")
    portal.hands("switch", subscription=house["subscription"], on=False, reason="maintenance")
    expect(tile(page, "node-05")).to_contain_text("Serial consoles are switched off here.")
    expect(tile(page, "node-05")).to_have_attribute("data-kind", "trouble")
    portal.hands("switch", subscription=house["subscription"], on=True, reason="done")


def test_whoever_is_signed_out_is_told_in_every_tile(window: Window, house: dict[str, str]) -> None:
    page = window(allow={401})
    sign_in(page, house, at="/consoles/?q=node-1")
    live(page, "node-10")
    live(page, *in_sight(page))
    other = page.context.new_page()
    other.goto("/")
    page.route("**/vms/states/**", lambda route: None)  # whose answer leads to the sign-in page
    other.get_by_role("button", name="Account menu of").click()
    other.get_by_role("button", name="Sign out", exact=True).click()
    expect(tile(page, "node-10")).to_contain_text("Signed out. Sign in, then reload.")
    expect(tile(page, "node-11")).to_contain_text("Signed out. Sign in, then reload.")


def test_it_reads_with_a_screen_reader_also_when_it_is_alive(wall: tuple[Page, Sockets]) -> None:
    page, _sockets = wall
    live(page, "node-00")
    assert faults(page) == []
    assert page.locator("[aria-live]:has(canvas), [data-tile] [role=log]").count() == 0
