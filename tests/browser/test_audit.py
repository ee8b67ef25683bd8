"""An auditor reads what happened, in a real browser: the picture, one entry's story at the side, views, a file."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.accessibility import faults
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in
from tests.browser.test_every_page import OVERFLOW

pytestmark = pytest.mark.browser


@pytest.fixture
def audit(page: Page, portal: Portal) -> str:
    address = f"/activity/tenants/{portal.tenant('Contoso')}"
    sign_in(page, demo_person(portal, "contoso-owner"), address)
    return address


def test_a_story_opens_at_the_side_and_gives_the_focus_back(page: Page, audit: str) -> None:
    page.goto(audit)
    expect(page.locator(".audit-lane").first).to_be_visible()
    line = page.locator(".audit-line").first
    before = line.bounding_box()
    line.focus()
    page.keyboard.press("Enter")
    title = page.locator("[data-story-title]")
    expect(title).to_be_focused()
    assert line.bounding_box() == before, "the list stays where it is"
    assert faults(page) == []
    first = title.inner_text()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".audit-line").nth(1)).to_have_attribute("aria-current", "true")
    expect(title).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(title).to_have_text(first)
    page.keyboard.press("Escape")
    expect(page.locator("#story")).to_be_hidden()
    expect(line).to_be_focused()


OVER = """() => { window.over = new Promise((done) => document.addEventListener("htmx:afterRequest",
    (event) => event.detail.target.id === "story" && done(true))); }"""


def test_a_story_that_is_still_to_come_is_closed_for_good(page: Page, audit: str) -> None:
    page.goto(audit)
    first = page.locator(".audit-line").first
    first.click()
    expect(page.locator("[data-story-title]")).to_be_focused()
    held: list[Route] = []
    page.route("**/audit/entries/**", lambda route: held.append(route))
    page.evaluate(OVER)
    with page.expect_request("**/audit/entries/**"):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#story")).to_be_hidden()
    held[0].continue_()
    assert page.evaluate("window.over")
    expect(page.locator("#story")).to_be_hidden()
    expect(first).to_be_focused()


def test_the_picture_takes_its_place_without_moving_the_list(page: Page, audit: str) -> None:
    places: list[float] = []
    page.route("**/audit/timeline/**", lambda route: (places.append(_top(page)), route.continue_()))
    page.goto(audit)
    expect(page.locator(".audit-lane").first).to_be_visible()
    assert places == [_top(page)]
    page.get_by_role("link", name="per machine").click()
    expect(page.locator(".audit-lane").first).to_be_visible()
    assert page.locator(".audit-picture [aria-current]").inner_text() == "per machine"


def _top(page: Page) -> float:
    box = page.locator("[data-entries]").bounding_box()
    assert box is not None
    return box["y"]


def test_what_is_filtered_is_saved_as_a_view_and_exported(page: Page, audit: str) -> None:
    page.goto(audit)
    page.get_by_label("About").select_option(label="People and sign-in")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_role("link", name="Clear")).to_be_visible()
    page.get_by_text("Save this view").click()
    page.get_by_label("Name", exact=True).fill("people")
    assert faults(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The view people is saved.")).to_be_visible()
    count = int(page.locator(".card-title .text-secondary").inner_text())
    page.get_by_role("link", name="Export").click()
    expect(page.get_by_text(f"{count} entries of Contoso are what you have filtered.")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("JSON Lines").check()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export").click()
    expect(page.get_by_text(f"The file came. Entries in it: {count}")).to_be_visible()
    entries = [json.loads(line) for line in Path(coming.value.path()).read_text().splitlines()]
    assert len(entries) == count
    assert {entry["action"].split("/")[0] for entry in entries} == {"Homeport.Directory"}
    page.goto(audit)
    page.get_by_role("link", name="people", exact=True).click()
    assert page.url.endswith("?family=Homeport.Directory%2F")
    page.get_by_role("button", name="Remove the view people").click()
    expect(page.get_by_text("The view people is removed.")).to_be_visible()


def test_it_fits_a_telephone_with_a_story_open(page: Page, audit: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(audit)
    expect(page.locator(".audit-lane").first).to_be_visible()
    assert page.evaluate(OVERFLOW) == []
    page.locator(".audit-line").first.click()
    expect(page.locator("[data-story-title]")).to_be_focused()
    assert page.evaluate(OVERFLOW) == []
    assert faults(page) == []
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#story")).to_be_hidden()
