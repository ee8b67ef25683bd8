"""Boot diagnostics in a browser: the log scrolls, follows, is searched and jumps; what a guest prints is text; a link works for whoever has it."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in
from tests.browser.terminals import House

pytestmark = pytest.mark.browser
LINES = 60_000
HOSTILE = "<img src=x onerror=alert(1)> \\033]0;owned\\007\\033[31mred\\033[0m"
PRINTS = f"printf '{HOSTILE}\\n'; seq -f 'line %015.0f' 1 {LINES}; printf 'web login: '; read x; echo \"said $x\"; exec sleep 600"
READER = "Storage Blob Data Reader"
HOLDS = "rows => document.querySelector('[data-space]').offsetHeight >= rows * 20"
STACKED = """box => [...box.querySelectorAll(".log-row")].every((row, at, all) =>
    !at || Math.abs(row.getBoundingClientRect().top - all[at - 1].getBoundingClientRect().bottom) < 1)"""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"


def line(script: str) -> str:
    return f"pty:///bin/sh?arg=-c&arg={quote(script)}"


@pytest.fixture(scope="module")
def house(portal: Portal) -> House:
    return House(portal, {"web": line(PRINTS), "silent": "loop://"})


@pytest.fixture(scope="module")
def reader(portal: Portal, house: House) -> dict[str, str]:
    """May read what is recorded, see and write the machine, and see sessions."""
    person = house.person("Auditor")
    portal.hands("give", user=person["id"], tenant=house.made["tenant"], role=READER)
    return person


def address(house: House, vm: str) -> str:
    return house.console(vm).replace("/console/", "/boot-diagnostics/")


def opened(page: Page, house: House, reader: dict[str, str], vm: str = "web") -> Locator:
    sign_in(page, reader, at=address(house, vm))
    return page.get_by_role("region", name=f"Serial log of {vm}")


def row(page: Page, text: str) -> Locator:
    return page.locator(".log-row", has_text=text)


def numbered(number: int) -> str:
    return f"line {number:015d}"


def test_the_newest_output_is_shown_and_older_comes_as_one_scrolls(
    page: Page, house: House, reader: dict[str, str]
) -> None:
    log = opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    assert page.locator(".log-row").count() < 200, "only what is in sight is drawn"
    for held in (800, 1200, 1600):
        log.evaluate("box => (box.scrollTop = 0)")
        page.wait_for_function(HOLDS, arg=held)
    assert page.locator(".log-row").count() < 200
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Follow").click()
    expect(row(page, "web login:")).to_be_in_viewport()


def test_home_goes_to_the_first_byte_and_end_to_the_last(
    page: Page, house: House, reader: dict[str, str]
) -> None:
    log = opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    log.focus()
    page.keyboard.press("Home")
    expect(row(page, numbered(1))).to_be_in_viewport()
    for last in (800, 1200, 1600):
        log.evaluate("box => (box.scrollTop = box.scrollHeight)")
        page.wait_for_function(HOLDS, arg=last)
    log.focus()
    page.keyboard.press("End")
    expect(row(page, "web login:")).to_be_in_viewport()


def test_what_the_guest_prints_is_text_and_raw_asks_first(
    page: Page, house: House, reader: dict[str, str]
) -> None:
    log = opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    log.press("Home")
    hostile = row(page, "onerror")
    expect(hostile).to_contain_text("<img src=x onerror=alert(1)> red")
    assert page.locator(".log-row img").count() == 0
    page.get_by_role("button", name="Raw", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("may be meant to mislead")
    page.get_by_role("button", name="Cancel").click()
    expect(hostile.locator(".log-control")).to_have_count(0)
    page.get_by_role("button", name="Raw", exact=True).click()
    page.get_by_role("button", name="Show it raw").click()
    expect(hostile).to_contain_text("^[]0;owned^G^[[31mred^[[0m")
    expect(hostile.locator(".log-control").first).to_have_text("^[")
    page.get_by_role("button", name="Plain text again").click()
    expect(hostile.locator(".log-control")).to_have_count(0)
    assert "owned" not in page.title()


def test_search_finds_in_the_whole_log_and_steps_through_it(
    page: Page, house: House, reader: dict[str, str]
) -> None:
    opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    page.get_by_role("searchbox", name="Search in the log").fill("LINE 000000000012345")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    expect(row(page, numbered(12345))).to_be_in_viewport()
    expect(row(page, numbered(12345)).locator("mark")).to_have_text(numbered(12345))
    page.get_by_role("searchbox", name="Search in the log").fill("00001999")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 11", exact=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("3 of 11", exact=True)).to_be_visible()
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("Shift+Enter")
    expect(row(page, numbered(1999))).to_be_in_viewport()
    page.get_by_role("button", name="Previous match").click()
    expect(page.get_by_text("11 of 11", exact=True)).to_be_visible()
    expect(row(page, numbered(19999))).to_be_in_viewport()
    page.get_by_role("searchbox", name="Search in the log").fill("is not there")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Nothing found")).to_be_visible()


def test_a_search_that_failed_says_why_and_not_that_nothing_is_there(
    window: Window, house: House, reader: dict[str, str]
) -> None:
    page = window(allow={503}, cut_off=True)
    opened(page, house, reader)
    away = {"sentence": "The store is away."}
    page.route("**/log/search/**away**", lambda route: route.fulfill(status=503, json=away))
    page.route("**/log/search/**gone**", lambda route: route.abort())
    told = page.locator("[data-count]")
    for words, sentence in {"away": "The store is away.", "gone": "The portal does not answer."}.items():
        page.get_by_role("searchbox", name="Search in the log").fill(words)
        page.keyboard.press("Enter")
        expect(told).to_have_text(sentence)
    page.get_by_role("searchbox", name="Search in the log").fill("00001999")
    page.keyboard.press("Enter")
    expect(told).to_have_text(re.compile(r"^\d+ of 11$"))


def test_it_jumps_to_a_time_and_to_a_place(page: Page, house: House, reader: dict[str, str]) -> None:
    opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    expect(page.locator("[data-status]")).to_contain_text(re.compile("in sight: the last .* of 1.3 MB"))
    expect(page.get_by_text("Jump to a time (UTC)")).to_be_visible()
    jump(page, "2020-01-01 00:00")
    expect(row(page, "onerror")).to_be_in_viewport()
    expect(row(page, "onerror")).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Before the log's beginning, 20")).to_be_visible()
    expect(page.locator("[data-status]")).to_contain_text(re.compile("in sight: 0 B to .* of 1.3 MB"))
    jump(page, "2100-01-01 23:59:59")
    expect(page.get_by_role("status").filter(has_text="Nothing was printed after that")).to_be_visible()
    expect(row(page, "web login:")).to_be_in_viewport()
    expect(page.locator(".log-row:focus")).to_have_count(1)
    jump(page, "25:00")
    expect(page.get_by_role("status").filter(has_text="Write the time as in 20")).to_be_visible()
    jump(page, "0:00:00")
    expect(row(page, "onerror")).to_be_focused()
    place = page.get_by_role("slider", name="Place in the log")
    middle = place.evaluate("one => Math.round(one.max / 2)")
    place.fill(str(middle))
    expect(row(page, numbered(LINES // 2))).to_be_visible()


def jump(page: Page, time: str) -> None:
    page.get_by_label("Jump to a time (UTC)").fill(time)
    page.get_by_role("button", name="Jump").click()


def test_long_lines_are_wrapped_where_somebody_wants_it(
    window: Window, portal: Portal, house: House, reader: dict[str, str]
) -> None:
    text = "".join(f"{number} {'long ' * 60}end of {number}\n" for number in range(300))
    portal.hands("port", scope=house.scope("silent"), number=2, text=text)
    page = window(viewport={"width": 360, "height": 740})
    sign_in(page, reader, at=f"{address(house, 'silent')}?port=2")
    log = page.get_by_role("region", name="Serial log of silent")
    wide, tall = "box => box.scrollWidth - box.clientWidth", "row => row.offsetHeight"
    expect(row(page, "end of 299")).to_be_visible()
    assert log.evaluate(wide) > 1000
    wraps = page.get_by_role("button", name="Wrap lines")
    expect(wraps).to_have_attribute("aria-pressed", "false")
    wraps.click()
    expect(wraps).to_have_attribute("aria-pressed", "true")
    assert log.evaluate(wide) <= 0
    assert row(page, "end of 299").evaluate(tall) > 100
    log.scroll_into_view_if_needed()
    expect(row(page, "end of 299")).to_be_in_viewport()
    page.reload()
    expect(wraps).to_have_attribute("aria-pressed", "true")
    page.get_by_role("searchbox", name="Search in the log").fill("end of 150")
    page.keyboard.press("Enter")
    log.scroll_into_view_if_needed()
    expect(row(page, "end of 150")).to_be_in_viewport()
    assert log.evaluate(STACKED)
    assert page.evaluate(OVERFLOW) <= 0
    assert not faults(page)
    wraps.click()
    log.scroll_into_view_if_needed()
    expect(row(page, "end of 150")).to_be_in_viewport()
    assert row(page, "end of 150").evaluate(tall) < 30


def test_an_address_with_a_place_opens_the_log_there(
    page: Page, house: House, reader: dict[str, str]
) -> None:
    sign_in(page, reader, at=f"{address(house, 'web')}?at=600000")
    expect(page.locator(".log-row").first).to_be_visible()
    expect(page.get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    page.wait_for_function("Math.abs(document.querySelector('[data-place]').value - 600000) < 20000")
    expect(row(page, "web login:")).to_have_count(0)


def test_it_follows_what_is_printed_now_and_tells_who_came(
    page: Page, house: House, reader: dict[str, str], window: Window
) -> None:
    opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    console = window()
    sign_in(console, reader, at=house.console("web"))
    expect(console.locator("[data-console]")).to_have_attribute("data-state", "up")
    console.get_by_label("Terminal input").focus()
    console.keyboard.type("hello")
    console.keyboard.press("Enter")
    expect(row(page, "said hello")).to_be_in_viewport()
    expect(row(page, "Auditor")).not_to_have_count(0)


def test_it_asks_for_nothing_while_nobody_looks(page: Page, house: House, reader: dict[str, str]) -> None:
    page.clock.install()
    opened(page, house, reader)
    expect(row(page, "web login:")).to_be_in_viewport()
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    with page.expect_request(lambda request: "/log/?" in request.url):
        page.clock.run_for(2000)
    hide(page, True)
    page.wait_for_load_state("networkidle")
    seen.clear()
    page.clock.run_for(60_000)
    assert [url for url in seen if "/log/" in url] == []
    with page.expect_request(lambda request: "/log/?" in request.url):
        hide(page, False)


def hide(page: Page, hidden: bool) -> None:
    page.evaluate(
        """hidden => {
            Object.defineProperty(document, 'hidden', {configurable: true, get: () => hidden});
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )


def test_a_link_gives_the_log_to_whoever_has_it(
    page: Page, window: Window, house: House, reader: dict[str, str]
) -> None:
    opened(page, house, reader)
    page.get_by_role("link", name="Share a link").click()
    page.get_by_label("Open for (minutes)").fill("5")
    page.get_by_role("button", name="Make the link").click()
    url = page.locator("pre.command code").first.inner_text()
    stranger = window(allow={404})
    with stranger.expect_download() as begun:
        stranger.goto("/sign-in/")
        stranger.evaluate("url => { location.href = url; }", url)
    text = Path(begun.value.path()).read_text()
    assert text.count("\n") > LINES
    assert "\x1b" not in text
    page.get_by_role("button", name=re.compile("^End")).click()
    expect(page.get_by_text("None is open.")).to_be_visible()
    stranger.goto(url)
    expect(stranger.get_by_role("heading", name="This link is not open")).to_be_visible()


@pytest.mark.parametrize(
    ("form", "ending"), [("Plain text", "txt"), ("Recording", "cast"), ("Raw, as", "log")]
)
def test_it_is_downloaded_in_three_forms(
    form: str, ending: str, page: Page, house: House, reader: dict[str, str]
) -> None:
    opened(page, house, reader)
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("link", name=form).click()
    assert re.fullmatch(rf"web-\d{{8}}-\d{{6}}Z\.{ending}", begun.value.suggested_filename)
    assert Path(begun.value.path()).stat().st_size > LINES * 20


def test_an_empty_log_says_how_the_first_output_gets_there(
    page: Page, house: House, reader: dict[str, str]
) -> None:
    opened(page, house, reader, "silent")
    expect(page.get_by_text("Nothing was printed yet")).to_be_visible()
    assert not faults(page)


def test_each_port_has_its_own_log(page: Page, portal: Portal, house: House, reader: dict[str, str]) -> None:
    portal.hands("port", scope=house.scope("silent"), number=1, text="said by the second\n")
    opened(page, house, reader, "silent")
    expect(page.get_by_text("Nothing was printed yet")).to_be_visible()
    page.get_by_role("link", name="COM2 / ttyS1").click()
    expect(row(page, "said by the second")).to_be_visible()
    expect(page.get_by_role("link", name="COM2 / ttyS1")).to_have_attribute("aria-current", "page")
    assert not faults(page)
    page.get_by_role("link", name="Replay").click()
    expect(page.locator("[data-screen]")).to_contain_text("said by the second")
    page.go_back()
    page.get_by_role("link", name="Share a link").click()
    expect(page.get_by_role("link", name="COM2 / ttyS1")).to_have_attribute("aria-current", "page")
    assert not faults(page)


def test_whoever_may_connect_only_is_told_what_it_takes(page: Page, house: House) -> None:
    sign_in(page, house.person("Operator"), at=address(house, "web"))
    expect(page.get_by_role("heading", name="You may not read what was recorded")).to_be_visible()
    expect(page.get_by_text("The right to connect is another one, and you have it")).to_be_visible()
    assert not faults(page)


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1400), ("dark", 1400), ("light", 360), ("dark", 360)]
)
def test_it_fits_wide_and_narrow_light_and_dark(
    window: Window, house: House, reader: dict[str, str], scheme: str, width: int
) -> None:
    page = window(viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce")
    opened(page, house, reader)
    expect(row(page, "web login:")).to_be_visible()
    assert page.evaluate(OVERFLOW) <= 0
    assert not faults(page)
