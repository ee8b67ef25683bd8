import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, fill_in, sign_in, sign_out
from tests.browser.terminals import shows

pytestmark = pytest.mark.browser
MOST_CLICKS = 4


def test_a_wrong_password_is_said_and_the_name_stays(page: Page) -> None:
    page.goto("/sign-in/")
    fill_in(page, "contoso-reader", "not the password")
    expect(page.get_by_role("alert")).to_contain_text("do not fit together")
    expect(page.get_by_label("User name or e-mail address")).to_have_value("contoso-reader")


def test_the_right_password_lands_on_the_page_that_was_asked_for(page: Page, portal: Portal) -> None:
    page.goto(portal.vm("web-1"))
    expect(page).to_have_url(re.compile(r"/sign-in/\?next="))
    fill_in(page, "contoso-reader", "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    fill_in(page, "contoso-reader", portal.password_of("contoso-reader"))
    expect(page).to_have_url(f"{portal.url}{portal.vm('web-1')}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("web-1")


def test_signing_out_in_one_tab_makes_the_other_ask_for_sign_in_at_its_next_click(
    page: Page, portal: Portal
) -> None:
    sign_in(page, demo_person(portal, "contoso-reader"), at="/vms/")
    other = page.context.new_page()
    other.goto("/vms/")
    sign_out(page)
    other.get_by_role("link", name="web-1", exact=True).click()
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
    fill_in(other, "contoso-reader", portal.password_of("contoso-reader"))
    expect(other.get_by_role("heading", level=1)).to_contain_text("web-1")


def test_a_filter_after_signing_out_elsewhere_leads_to_the_sign_in_page_as_a_whole(
    page: Page, portal: Portal
) -> None:
    sign_in(page, demo_person(portal, "contoso-reader"), at="/vms/")
    other = page.context.new_page()
    other.goto("/")
    sign_out(other)
    page.get_by_label("System", exact=True).select_option("Windows")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(page.locator(".rail")).to_have_count(0)


def test_from_the_sign_in_page_to_a_command_on_a_machine_takes_four_clicks_and_a_name(
    window: Window, portal: Portal
) -> None:
    page, clicks = window(), []
    page.expose_function("clicked", lambda: clicks.append(page.url))
    page.add_init_script("addEventListener('pointerdown', () => clicked(), true)")
    page.goto("/sign-in/")
    fill_in(page, "contoso-operator", portal.password_of("contoso-operator"))
    search = page.get_by_role("combobox", name="Search")
    search.click()
    search.press_sequentially("web-1")
    page.get_by_role("option", name=re.compile("^web-1")).click()
    page.get_by_role("main").get_by_role("link", name="Serial console", exact=True).click()
    expect(page).to_have_url(f"{portal.url}{portal.vm('web-1')}console/")
    shows(page, "web-1 login:")
    page.keyboard.type("root\n")
    shows(page, "Password:")
    page.keyboard.type("homeport\n")
    shows(page, "root@web-1:~#")
    page.keyboard.type("uname -s; exit\n")
    shows(page, "\nLinux\n")
    assert 0 < len(clicks) <= MOST_CLICKS, clicks
