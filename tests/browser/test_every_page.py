import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.pages import ADDRESSES
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in

pytestmark = pytest.mark.browser
MOST_BYTES = 200 * 1024
WIDE, NARROW = ViewportSize(width=1400, height=900), ViewportSize(width=360, height=740)
PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"
OVERFLOW = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.body.querySelectorAll('*')]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
        .slice(0, 4).map(one => `${one.tagName}.${one.className} ${one.textContent.trim().slice(0, 40)}`)
        .concat(`${document.documentElement.scrollWidth} > ${innerWidth}`)"""


@pytest.fixture(scope="module")
def signed_in(chromium: Browser, portal: Portal) -> Iterator[Any]:
    """The cookies of one sign-in, for a browser per page that has nothing in its cache."""
    context = chromium.new_context(base_url=portal.url)
    page = context.new_page()
    sign_in(page, demo_person(portal, "contoso-owner"))
    yield context.storage_state()
    context.close()


class Weight:
    """Bytes that came over the wire, bodies as compressed as they came, besides those of xterm.js and its add-ons."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0.0
        self._terminal: set[str] = set()
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._add)

    def _asked(self, event: dict[str, Any]) -> None:
        if re.search(r"/vendor/(xterm|addon-)", event["request"]["url"]):
            self._terminal.add(event["requestId"])

    def _add(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self._terminal:
            self.bytes += event["encodedDataLength"]


def look_at(page: Page, address: str, record: Any) -> list[str]:
    weight = Weight(page)
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")
    painted = page.evaluate(PAINTED)
    print(f"{address}: {weight.bytes / 1024:.0f} KB, first paint after {painted:.0f} ms")
    record("first_contentful_paint_ms", painted)
    problems = [f"{weight.bytes:.0f} bytes"] if weight.bytes > MOST_BYTES else []
    if weight.bytes <= 0:
        problems.append("nothing was counted")
    return [*problems, *_frame(page), *_in_every_light(page)]


def _frame(page: Page) -> list[str]:
    title, headings = page.title(), page.locator("h1").count()
    problems = [] if title and not title.startswith(" ·") else [f"title {title!r}"]
    return problems if headings == 1 else [*problems, f"{headings} h1"]


def _in_every_light(page: Page) -> list[str]:
    problems = [f"wide: {fault}" for fault in [*faults(page), *page.evaluate(OVERFLOW)]]
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    problems += [f"dark: {fault}" for fault in faults(page, ["color-contrast", "link-in-text-block"])]
    page.set_viewport_size(NARROW)
    problems += [f"dark, narrow: {fault}" for fault in [*faults(page), *page.evaluate(OVERFLOW)]]
    return problems


@pytest.mark.parametrize("name", ADDRESSES)
def test_it_fits_reads_and_loads_wide_and_narrow_light_and_dark(
    window: Window, portal: Portal, signed_in: Any, name: str, record_property: Any
) -> None:
    page = window(storage_state=signed_in, viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    problems = look_at(page, ADDRESSES[name](portal), record_property)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("address", ["/sign-in/", "/no-such-page/"])
def test_so_do_the_pages_of_whoever_has_not_signed_in(
    window: Window, address: str, record_property: Any
) -> None:
    page = window(viewport=WIDE, color_scheme="light", reduced_motion="reduce", allow={404})
    problems = look_at(page, address, record_property)
    assert not problems, "\n".join(problems)


def test_so_does_a_refusal(window: Window, portal: Portal, record_property: Any) -> None:
    page = window(viewport=WIDE, color_scheme="light", reduced_motion="reduce", allow={403})
    sign_in(page, demo_person(portal, "contoso-newcomer"))
    problems = look_at(page, "/people/", record_property)
    expect(page.get_by_role("main")).to_contain_text("You lack the role for this")
    assert not problems, "\n".join(problems)


def test_static_files_are_compressed_and_kept_for_ever(window: Window) -> None:
    page = window()
    answers: dict[str, dict[str, str]] = {}
    page.on(
        "response",
        lambda answer: (
            answers.update({answer.url: answer.all_headers()}) if "/static/" in answer.url else None
        ),
    )
    page.goto("/sign-in/", wait_until="networkidle")
    assert len(answers) > 4
    for address, headers in answers.items():
        assert "immutable" in headers.get("cache-control", ""), (address, headers)
        if int(headers.get("content-length", 0)) > 2000:
            assert headers.get("content-encoding") in {"br", "gzip"}, (address, headers)
