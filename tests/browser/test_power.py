"""Acts on machines from the portal's pages: asked first, followed wherever somebody goes, and told with how they ended."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in
from tests.browser.terminals import House, attach

pytestmark = pytest.mark.browser
FAST = "begins=0.2&ends=0.2"


def built(portal: Portal, *, options: str = FAST, power: str = "running") -> House:
    machine = f"scripted://echo/p-{uuid4().hex[:8]}?power={power}&{options}"
    return House(portal, {"vm": "scripted://echo"}, vms={"vm": power}, machines={"vm": machine})


def overview(house: House) -> str:
    return house.console("vm").removesuffix("console/")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Power").get_by_role("button", name=name, exact=True)


def line(page: Page) -> Locator:
    return page.locator("[data-operation-line]")


def toasts(page: Page) -> Locator:
    return page.locator("#toasts .toast")


def restart(page: Page) -> None:
    button(page, "Restart").click()
    page.get_by_role("dialog", name="Restart vm?").get_by_role("button", name="Restart").click()


def test_a_restart_says_what_it_does_and_to_whom_and_is_followed_to_its_end(
    acting: Portal, page: Page, window: Window
) -> None:
    house = built(acting, options="begins=0.2&ends=1.5")
    other = window()
    attach(other, house.person("Kim"), house.console("vm"))
    sign_in(page, house.person("Robin"), at=overview(house))
    expect(page.get_by_text("Kim").first).to_be_visible()
    expect(button(page, "Start")).to_have_attribute("aria-disabled", "true")
    button(page, "Restart").click()
    ask = page.get_by_role("dialog", name="Restart vm?")
    expect(ask).to_contain_text("The guest is asked to shut down")
    expect(ask).to_contain_text("Kim may type")
    expect(ask.get_by_role("button", name="Cancel")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(line(page)).to_be_hidden()
    restart(page)
    expect(line(page)).to_contain_text("Restart: in progress")
    expect(page.locator("[data-power]")).to_have_text("Stopping")
    expect(button(page, "Restart")).to_have_attribute("title", re.compile("Robin"))
    expect(line(page)).to_contain_text("Restart: done")
    expect(page.locator("[data-power]")).to_have_text("Running")
    expect(toasts(page)).to_have_count(0)


def test_what_goes_on_is_told_on_every_page_and_once_when_it_is_over(acting: Portal, page: Page) -> None:
    house = built(acting, options="begins=0.2&ends=3")
    sign_in(page, house.person("Robin"), at=overview(house))
    restart(page)
    page.get_by_role("link", name="Virtual machines").click()
    expect(toasts(page)).to_contain_text("Restart · vm")
    expect(toasts(page)).to_contain_text("in progress")
    expect(page.locator("[data-bell-count]")).to_have_text("1")
    page.get_by_role("link", name="Subscriptions").first.click()
    expect(toasts(page)).to_contain_text("succeeded")
    expect(page.locator("[data-bell-count]")).to_have_text("")
    with page.expect_response(lambda answer: "/operations/bell/" in answer.url):
        page.get_by_role("link", name="Virtual machines").click()
    page.get_by_role("button", name="Operations").click()
    expect(page.locator("[data-bell-list]")).to_contain_text("succeeded")
    assert faults(page) == []
    expect(toasts(page)).to_have_count(0)
    page.get_by_role("link", name="All operations").click()
    expect(page.get_by_role("row", name=re.compile("Restart.*vm.*succeeded"))).to_be_visible()


def test_what_fails_stays_until_it_is_closed_and_says_why(acting: Portal, page: Page) -> None:
    house = built(acting, power="stopped", options="refuses=start")
    sign_in(page, house.person("Robin"), at="/vms/")
    page.wait_for_load_state()
    page.get_by_role("button", name="Power of vm").click()
    page.locator("#acts-menu").get_by_role("button", name="Start", exact=True).click()
    expect(toasts(page)).to_contain_text("failed")
    expect(toasts(page)).to_contain_text("refused")
    page.get_by_role("link", name="vm", exact=True).first.click()
    expect(line(page)).to_contain_text("Start: failed")
    page.go_back()
    expect(toasts(page)).to_contain_text("failed")
    toasts(page).get_by_role("button", name="Close").click()
    with page.expect_response(lambda answer: "/operations/bell/" in answer.url):
        page.reload()
    page.get_by_role("button", name="Operations").click()
    expect(page.locator("[data-bell-list]")).to_contain_text("failed")
    expect(toasts(page)).to_have_count(0)


def test_a_row_of_the_list_starts_its_machine_by_keyboard(acting: Portal, page: Page) -> None:
    house = built(acting, power="stopped")
    sign_in(page, house.person("Robin"), at="/vms/")
    page.wait_for_load_state()
    opener = page.get_by_role("button", name="Power of vm")
    opener.press("Enter")
    menu = page.locator("#acts-menu")
    expect(menu.get_by_role("button", name="Start", exact=True)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Restart It is off.")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    opener.press("Enter")
    expect(menu.get_by_role("button", name="Start", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("row", name=re.compile("vm.*Running"))).to_be_visible()


def test_buttons_say_why_they_cannot_be_pressed(acting: Portal, page: Page, window: Window) -> None:
    house = built(acting)
    sign_in(page, house.person("Wim", "Serial Console Watcher"), at=overview(house))
    expect(button(page, "Restart")).to_have_attribute("title", "None of your roles here allows it.")
    button(page, "Restart").press("Enter")
    expect(toasts(page)).to_contain_text("None of your roles here allows it.")
    bare = House(acting, {"vm": "scripted://echo"})
    other = window()
    sign_in(other, bare.person("Robin"), at=overview(bare))
    expect(button(other, "Restart")).to_have_attribute("title", re.compile("serial line only"))


def test_the_stronger_act_says_what_it_ends_and_whoever_may_can_call_an_act_off(
    acting: Portal, page: Page, window: Window
) -> None:
    house = built(acting, options="ignores=shut_down&begins=0.2")
    sign_in(page, house.person("Robin"), at=overview(house))
    restart(page)
    other = window()
    sign_in(other, house.person("Kim"), at=overview(house))
    expect(button(other, "Shut down")).to_have_attribute("title", re.compile("Restart, asked for by Robin"))
    button(other, "More").click()
    other.get_by_role("button", name="Hard reset", exact=True).first.click()
    ask = other.get_by_role("dialog", name="Reset vm?")
    expect(ask).to_contain_text("Restart, asked for by Robin, is still in progress and is given up.")
    other.keyboard.press("Escape")
    line(other).get_by_role("button", name="Call it off").click()
    expect(line(page)).to_contain_text("Restart: given up")
    expect(line(page)).to_contain_text("Kim called it off.")
    restart(page)
    button(other, "More").click()
    other.get_by_role("button", name="Hard reset", exact=True).first.click()
    ask.get_by_role("button", name="Hard reset").click()
    for one in (page, other):
        expect(line(one)).to_contain_text("Hard reset: done")
        expect(button(one, "Shut down")).to_have_attribute("aria-disabled", "false")


def test_trouble_is_seen_on_open_pages_and_leads_into_the_log(portal: Portal, page: Page) -> None:
    house = House(portal, {"vm": "scripted://echo"})
    sign_in(page, house.person("Robin"), at=overview(house))
    badge = page.get_by_role("link", name=re.compile("kernel panic"))
    expect(badge).to_be_hidden()
    portal.hands("sight", scope=house.scope("vm"), kind="panic", offset=12)
    expect(badge).to_be_visible()
    assert faults(page) == []
    expect(badge).to_have_attribute("href", re.compile(r"console/\?at=12$"))
    page.goto("/vms/?power=trouble")
    expect(badge).to_be_visible()
    portal.hands("sight", scope=house.scope("vm"), kind="login")
    expect(badge).to_be_hidden()


def test_a_page_whose_right_ended_says_so_and_rests(portal: Portal, window: Window) -> None:
    house, page = House(portal, {"vm": "scripted://echo"}), window(allow={403})
    robin = house.person("Robin", "Reader")
    sign_in(page, robin, at=overview(house))
    expect(page.locator("[data-power]")).to_have_text("Running")
    portal.hands("take_away", user=robin["id"], tenant=house.made["tenant"])
    expect(toasts(page)).to_contain_text("You may no longer see this machine")
    expect(button(page, "Restart")).to_have_attribute("aria-disabled", "true")
