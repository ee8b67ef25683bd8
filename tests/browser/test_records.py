"""An administrator says how long records are kept, and puts a machine's on hold, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in

pytestmark = pytest.mark.browser


def test_times_are_set_and_what_cannot_be_is_told_at_its_field(page: Page, portal: Portal) -> None:
    sign_in(page, demo_person(portal, "contoso-owner"), "/tenant/")
    page.get_by_role("link", name="Records").click()
    page.get_by_label("seal audit entries after").fill("30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Choose where sealed entries are kept.")).to_be_visible()
    page.get_by_label("storage account").select_option(index=1)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("How long records are kept is saved.")).to_be_visible()
    expect(page.get_by_label("seal audit entries after")).to_have_value("30")
    assert faults(page) == []


def test_a_machine_is_put_on_hold_and_let_go_by_keyboard_alone(page: Page, portal: Portal) -> None:
    sign_in(page, demo_person(portal, "contoso-owner"), "/records/")
    page.get_by_label("Name of a virtual machine").focus()
    page.keyboard.type("web-1")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Put on hold web-1").first.focus()
    page.keyboard.press("Enter")
    page.get_by_label("Reason").focus()
    page.keyboard.type("case 7")
    page.keyboard.press("Enter")
    expect(page.get_by_text("in force")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="End production › web › web-1").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="End the hold").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("ended by")).to_be_visible()
