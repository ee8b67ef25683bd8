"""What ends a console while somebody is attached: the page says within two seconds what it was, and the way out."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_out
from tests.browser.terminals import House, attach, shows, state, terminal

pytestmark = pytest.mark.browser
WITHIN_MS = 2_000
REASON = "Incident 4711: nobody types until the disks are copied"


@pytest.fixture
def house(portal: Portal) -> House:
    return House(portal, {"echo": "scripted://echo"})


def unasked(page: Page) -> None:
    """The machine's state, which the page asks for every few seconds: a refusal of that is not what is looked at here."""
    page.route("**/machine/", lambda route: route.fulfill(status=204))


def ended(page: Page, text: str, since: float) -> None:
    expect(state(page)).to_contain_text(text, timeout=WITHIN_MS)
    print(f"said after {time.monotonic() - since:.3f} s: {state(page).inner_text()!r}")
    expect(page.locator("[data-console]")).to_have_attribute("data-state", re.compile("refused|over"))
    assert faults(page) == []


def test_whose_right_to_type_is_taken_away_is_cut_off_and_reads_why_while_the_owner_goes_on(
    portal: Portal, house: House, page: Page, window: Window
) -> None:
    guest = house.person("Guest", "Virtual Machine Contributor")
    portal.hands("give", user=guest["id"], tenant=house.made["tenant"], role="Reader")
    attach(page, guest, house.console("echo"))
    page.keyboard.type("typed before")
    shows(page, "typed before")
    owner = window()
    attach(owner, house.person("Owner"), house.console("echo"))
    since = time.monotonic()
    portal.hands(
        "take_away", user=guest["id"], tenant=house.made["tenant"], role="Virtual Machine Contributor"
    )
    ended(page, "You lack the role for this console", since)
    page.keyboard.type("typed after")
    ask = owner.get_by_role("dialog", name="Somebody is typing here")
    expect(ask).to_be_hidden()
    owner.get_by_role("button", name="Take the keyboard").click()
    expect(owner.get_by_role("button", name="Take the keyboard")).to_have_count(0)
    owner.keyboard.type("; the owner goes on")
    shows(owner, "typed before; the owner goes on")


def test_who_leaves_the_tenant_is_told_nothing_more_about_the_machine(
    portal: Portal, house: House, window: Window
) -> None:
    page = window(allow={404})
    guest = house.person("Stranger", "Virtual Machine Contributor")
    attach(page, guest, house.console("echo"))
    unasked(page)
    since = time.monotonic()
    portal.hands("leave", user=guest["id"], tenant=house.made["tenant"])
    ended(page, "This machine does not exist any more, or you may no longer see it.", since)
    expect(state(page).get_by_role("link", name="To the virtual machines")).to_be_visible()


def test_a_subscription_that_is_switched_off_ends_it_and_enter_connects_once_it_is_on_again(
    house: House, page: Page
) -> None:
    attach(page, house.person("Operator"), house.console("echo"))
    page.keyboard.type("before")
    shows(page, "before")
    since = time.monotonic()
    house.switch(on=False, reason=REASON)
    ended(page, "Serial consoles are switched off here", since)
    expect(state(page)).to_contain_text(REASON)
    expect(terminal(page)).to_be_focused()
    house.switch(on=True)
    page.keyboard.press("Enter")
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")
    expect(state(page).locator("[data-sentence]")).to_have_count(0)
    page.keyboard.type(" and after")
    shows(page, "before and after")


def test_signing_out_in_another_tab_ends_it_and_leads_back_here(house: House, window: Window) -> None:
    page = window(allow={401})
    attach(page, house.person("Leaver"), house.console("echo"))
    unasked(page)
    other = page.context.new_page()
    other.goto("/")
    since = time.monotonic()
    sign_out(other)
    ended(page, "You are signed out.", since)
    page.bring_to_front()
    state(page).get_by_role("link", name="Sign in").click()
    expect(page.get_by_label("User name or e-mail address")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/sign-in/\?next=.*console"))
