import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in

pytestmark = pytest.mark.browser
MOST_TABS = 150
DB_1 = re.compile("^db-1")  # the machine itself, whatever sessions on it are found as well
FOCUSED = """() => {
    const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
    const name = one.getAttribute('aria-label') || one.labels?.[0]?.innerText || one.innerText || one.value || '';
    return {
        tag: one.tagName, name: name.trim(), top: box.top, width: box.width,
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 || style.boxShadow !== 'none',
        path: [...document.querySelectorAll('*')].indexOf(one), tabindex: one.tabIndex,
    };
}"""


@pytest.fixture
def owner(page: Page, portal: Portal) -> Page:
    sign_in(page, demo_person(portal, "contoso-owner"), at="/vms/")
    return page


def test_a_slash_leads_to_the_search_arrows_walk_what_it_finds_and_enter_opens_it(
    owner: Page, portal: Portal
) -> None:
    search = owner.get_by_role("combobox", name="Search")
    owner.keyboard.press("/")
    expect(search).to_be_focused()
    expect(search).to_have_value("")
    owner.keyboard.type("web-")
    expect(owner.get_by_role("option").first).to_be_visible()
    found = owner.get_by_role("option")
    owner.keyboard.press("ArrowDown")
    expect(found.nth(0)).to_have_attribute("aria-selected", "true")
    owner.keyboard.press("ArrowDown")
    expect(found.nth(0)).to_have_attribute("aria-selected", "false")
    expect(found.nth(1)).to_have_attribute("aria-selected", "true")
    expect(search).to_have_attribute("aria-activedescendant", str(found.nth(1).get_attribute("id")))
    expect(search).to_be_focused()
    wanted = found.nth(1).get_attribute("href")
    owner.keyboard.press("Enter")
    expect(owner).to_have_url(f"{portal.url}{wanted}")


def test_escape_closes_what_the_search_found_and_enter_without_a_choice_shows_all(owner: Page) -> None:
    owner.keyboard.press("/")
    owner.keyboard.type("db")
    expect(owner.get_by_role("option", name=DB_1)).to_be_visible()
    owner.keyboard.press("Escape")
    expect(owner.locator("#search-results")).to_be_hidden()
    owner.keyboard.press("/")
    owner.get_by_role("combobox", name="Search").fill("db")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Results for “db”")
    expect(owner.get_by_role("main").get_by_role("link", name=DB_1)).to_be_visible()


def test_a_slash_typed_into_a_field_is_a_slash(owner: Page) -> None:
    field = owner.get_by_label("Search", exact=True)
    field.focus()
    owner.keyboard.type("a/b")
    expect(field).to_have_value("a/b")


def test_the_first_tab_offers_to_skip_to_the_content(owner: Page) -> None:
    owner.goto("/vms/")
    owner.keyboard.press("Tab")
    skip = owner.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    owner.keyboard.press("Enter")
    owner.keyboard.press("Tab")
    expect(owner.get_by_label("Search", exact=True)).to_be_focused()


@pytest.mark.parametrize(
    "address", ["/", "/vms/", "/subs/", "/people/", "/roles/", "/account/security/", "access/add"]
)
def test_tab_walks_everything_in_reading_order_with_a_ring_around_it_and_out_again(
    owner: Page, portal: Portal, address: str
) -> None:
    owner.goto(f"/access/add/tenants/{portal.tenant('Contoso')}" if address == "access/add" else address)
    owner.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    walked = walk(owner)
    assert len(walked) > 10
    assert [one for one in walked if not one["ring"]] == [], "no visible ring"
    assert [one for one in walked if one["tabindex"] > 0] == [], "an order of its own"
    assert [one for one in walked if not one["width"]] == [], "focus on something that does not show"
    order = [one["path"] for one in walked]
    assert order == sorted(order), "not in reading order"
    controls = (
        owner.locator("main").locator("a:visible, button:visible, select:visible, summary:visible").count()
    )
    assert len(walked) >= controls / 2


def walk(page: Page) -> list[dict[str, Any]]:
    """By Tab from the top of the page until the focus leaves it again."""
    walked: list[dict[str, Any]] = []
    for _step in range(MOST_TABS):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        if now["tag"] in {"BODY", "HTML"} or (walked and now["path"] == walked[0]["path"]):
            return walked
        walked.append(now)
    raise AssertionError(f"The focus never left the page; at the end it was on {walked[-5:]}")


def test_the_account_menu_opens_and_closes_by_keys(owner: Page) -> None:
    menu = owner.get_by_role("button", name="Account menu of")
    menu.focus()
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("link", name="Security")).to_be_visible()
    owner.keyboard.press("Escape")
    expect(owner.get_by_role("link", name="Security")).to_be_hidden()
    expect(menu).to_be_focused()
