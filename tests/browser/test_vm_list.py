import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser
MACHINES = 60


@pytest.fixture(scope="module")
def owner(portal: Portal) -> dict[str, str]:
    """Of sixty machines, every third of which is off."""
    vms = {
        f"node-{number:02}": "stopped" if number % 3 == 0 else "running" for number in range(1, MACHINES + 1)
    }
    made = portal.hands("house", name=f"List House {uuid4().hex[:8]}", vms=vms)
    found: dict[str, str] = portal.hands(
        "person", name=f"list-owner-{uuid4().hex[:8]}", tenant=made["tenant"], role="Owner"
    )
    return {**found, **made, "id": made["group"]}


@pytest.fixture
def listed(page: Page, owner: dict[str, str]) -> Page:
    sign_in(page, owner, at="/vms/")
    return page


def names(page: Page) -> list[str]:
    return page.locator("#list tbody a.fw-bold").all_inner_texts()


def test_a_search_narrows_as_one_types_and_stays_in_the_address_bar(listed: Page) -> None:
    listed.get_by_label("Search", exact=True).press_sequentially("node-4")
    expect(listed.get_by_role("status").first).to_have_text("10 virtual machines")
    expect(listed).to_have_url(re.compile(r"/vms/\?q=node-4$"))
    assert names(listed) == [f"node-{number}" for number in range(40, 50)]
    expect(listed.get_by_label("Search", exact=True)).to_be_focused()


def test_what_was_typed_and_chosen_before_the_scripts_had_come_is_asked_for_then(listed: Page) -> None:
    held: list[Route] = []
    listed.route("**/htmx.min*.js", lambda route: held.append(route))
    listed.goto("/vms/", wait_until="commit")
    listed.get_by_label("Search", exact=True).press_sequentially("node-4")
    listed.get_by_label("State", exact=True).select_option("off")
    held[0].continue_()
    expect(listed.get_by_role("status").first).to_have_text("3 virtual machines")
    assert names(listed) == ["node-42", "node-45", "node-48"]


def test_filters_stay_in_the_address_bar_and_back_restores_the_list_and_the_fields(listed: Page) -> None:
    expect(listed.get_by_role("status").first).to_have_text("60 virtual machines")
    listed.get_by_label("State", exact=True).select_option("off")
    expect(listed.get_by_role("status").first).to_have_text("20 virtual machines")
    expect(listed).to_have_url(re.compile(r"/vms/\?power=off$"))
    listed.reload()
    expect(listed.get_by_role("status").first).to_have_text("20 virtual machines")
    expect(listed.get_by_label("State", exact=True)).to_have_value("off")
    listed.go_back()
    expect(listed.get_by_role("status").first).to_have_text("60 virtual machines")
    expect(listed.get_by_label("State", exact=True)).to_have_value("")


def test_a_machine_opened_from_a_filtered_list_leads_back_to_it(listed: Page) -> None:
    listed.get_by_label("State", exact=True).select_option("off")
    expect(listed.get_by_role("status").first).to_have_text("20 virtual machines")
    listed.get_by_role("link", name="node-03", exact=True).click()
    expect(listed.get_by_role("heading", level=1)).to_contain_text("node-03")
    listed.go_back()
    expect(listed.get_by_role("status").first).to_have_text("20 virtual machines")
    expect(listed.get_by_label("State", exact=True)).to_have_value("off")


def test_sorting_and_paging_stay_in_the_address_bar(listed: Page) -> None:
    assert names(listed)[0] == "node-01"
    listed.get_by_role("columnheader", name="Name").get_by_role("link").click()
    expect(listed.locator("#list tbody a.fw-bold").first).to_have_text("node-60")
    expect(listed.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")
    listed.get_by_role("link", name="Next").click()
    expect(listed.locator("#list tbody a.fw-bold")).to_have_count(10)
    assert names(listed)[-1] == "node-01"
    expect(listed).to_have_url(re.compile("sort=-name.*after="))
    listed.reload()
    expect(listed.locator("#list tbody a.fw-bold").last).to_have_text("node-01")
    listed.go_back()
    expect(listed.locator("#list tbody a.fw-bold").first).to_have_text("node-60")


def test_a_filter_keeps_the_order_and_leaves_the_page(listed: Page) -> None:
    listed.goto("/vms/?sort=-name")
    listed.get_by_role("link", name="Next").click()
    expect(listed.locator("#list tbody a.fw-bold")).to_have_count(10)
    listed.get_by_label("State", exact=True).select_option("off")
    expect(listed.get_by_role("status").first).to_have_text("20 virtual machines")
    assert names(listed)[0] == "node-60"


def test_nothing_found_says_so_and_leads_back_to_everything(listed: Page) -> None:
    listed.get_by_label("Search", exact=True).fill("no such machine")
    expect(listed.get_by_text("No virtual machine matches")).to_be_visible()
    listed.get_by_role("link", name="Clear filters").first.click()
    expect(listed.get_by_role("status").first).to_have_text("60 virtual machines")


def test_a_state_changes_in_its_row_without_a_reload_and_without_taking_the_focus(
    listed: Page, owner: dict[str, str], portal: Portal
) -> None:
    row = listed.get_by_role("row").filter(has=listed.get_by_role("link", name="node-01", exact=True))
    expect(row).to_contain_text("Running")
    listed.evaluate("window.stillTheSamePage = true")
    row.get_by_role("link", name="node-01", exact=True).focus()
    scope = f"{owner['group']}/providers/Microsoft.Compute/virtualMachines/node-01"
    portal.hands("power", scope=scope, state="deallocating")
    expect(row).to_contain_text("Deallocating")
    assert listed.evaluate("window.stillTheSamePage") is True
    expect(row.get_by_role("link", name="node-01", exact=True)).to_be_focused()
    portal.hands("power", scope=scope, state="running")
    expect(row).to_contain_text("Running")
