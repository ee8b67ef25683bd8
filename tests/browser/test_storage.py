"""An administrator gives machines a bucket of their own to keep logs in, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in
from tests.fleet.stores.buckets import KEY, SECRET, serving_buckets

pytestmark = pytest.mark.browser


def test_an_account_is_made_tried_repaired_and_removed(page: Page, portal: Portal) -> None:
    sign_in(page, demo_person(portal, "contoso-owner"), "/storage/")
    page.get_by_role("link", name="Add", exact=True).click()
    page.get_by_role("link", name="S3-compatible store").click()
    with serving_buckets() as buckets:
        page.get_by_label("Name", exact=True).fill("bucketlogs")
        page.get_by_label("Address of the store").fill(buckets.endpoint)
        page.get_by_label("Bucket").fill("not-there")
        page.get_by_label("Access key").fill(KEY)
        page.get_by_label("Secret key").fill(SECRET)
        assert faults(page) == []
        page.get_by_role("button", name="Add", exact=True).click()
        page.get_by_role("button", name="Test").click()
        expect(page.get_by_text("bucketlogs failed the test. Its bucket is not there.")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Bucket").fill(buckets.new())
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Test").click()
        expect(page.get_by_text("An object was written to bucketlogs, read and deleted.")).to_be_visible()
    assert SECRET not in page.content()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("bucketlogs is removed.")).to_be_visible()


def test_what_is_wrong_with_a_field_is_told_to_a_screen_reader(page: Page, portal: Portal) -> None:
    sign_in(page, demo_person(portal, "contoso-owner"), "/storage/add/")
    page.get_by_label("Name", exact=True).fill("Not A Name")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    described = page.get_by_label("Name", exact=True).get_attribute("aria-describedby") or ""
    assert any(page.locator(f"#{one}[role=alert]").count() for one in described.split())
    assert faults(page) == []


def test_rules_that_shut_out_whoever_saves_them_ask_first(page: Page, portal: Portal) -> None:
    where = f"/storage/{portal.subscription('production')}/web/contosologs/"
    sign_in(page, demo_person(portal, "contoso-owner"), where)
    page.get_by_label("Network access by default").select_option("Deny")
    page.get_by_label("Allowed addresses").fill("10.0.0.0/8\n192.0.2.0/24")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("You yourself are shut out")).to_be_visible()
    assert faults(page) == []
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_label("Network access by default")).to_have_value("Allow")
    page.get_by_label("Network access by default").select_option("Deny")
    page.get_by_label("Allowed addresses").fill("10.0.0.0/8\n192.0.2.0/24")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Save the rules").click()
    expect(page.get_by_label("Allowed addresses")).to_have_value("10.0.0.0/8\n192.0.2.0/24")
    page.get_by_label("Network access by default").select_option("Allow")
    page.get_by_label("Allowed addresses").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The network rules of contosologs are saved.").last).to_be_visible()
