"""An administrator sets where to hear of trouble, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, sign_in
from tests.fleet.listener import listening

pytestmark = pytest.mark.browser


def test_a_webhook_is_added_tried_and_removed(page: Page, portal: Portal) -> None:
    sign_in(page, demo_person(portal, "contoso-owner"))
    page.goto("/tenant/")
    page.get_by_role("link", name="Alerts").click()
    with listening() as hook:
        page.get_by_label("Address").fill(hook.url)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("Copy it now")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("button", name=f"Test {hook.url}").click()
        expect(page.get_by_text(f"The test reached {hook.url}.")).to_be_visible()
        assert len(hook.got) == 1
        page.get_by_role("link", name=f"Remove {hook.url}").click()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("None: nobody is told.")).to_be_visible()
