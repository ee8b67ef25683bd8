"""An administrator sends the audit log elsewhere, and staff that of the platform; these look after the workers, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accessibility import faults
from tests.browser.portal import Portal
from tests.browser.steps import demo_person, fill_in, sign_in
from tests.fleet.forwarding.receiver import receiving

pytestmark = pytest.mark.browser


def test_a_syslog_receiver_is_added_tried_and_removed(page: Page, portal: Portal, tmp_path: Path) -> None:
    sign_in(page, demo_person(portal, "contoso-owner"))
    page.goto("/tenant/")
    page.get_by_role("link", name="Forwarding").click()
    expect(page.get_by_text("None: the audit log is kept here only.")).to_be_visible()
    with receiving(tmp_path) as receiver:
        page.get_by_label("Address").fill(receiver.address)
        page.get_by_label("Certificate authority (PEM)").fill(receiver.authority)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text(f"{receiver.address} is added.")).to_be_visible()
        assert faults(page) == []
        page.get_by_role("button", name=f"Test {receiver.address}").click()
        expect(page.get_by_text(f"The test reached {receiver.address}.")).to_be_visible()
        assert len(receiver.messages) == 1
        page.get_by_role("link", name=f"Remove {receiver.address}").click()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("None: the audit log is kept here only.")).to_be_visible()


def staff(page: Page, portal: Portal) -> None:
    page.goto("/sign-in/?next=/admin/")
    fill_in(page, "platform-staff", portal.password_of("platform-staff"))


def test_staff_find_the_workers_from_their_site(page: Page, portal: Portal) -> None:
    staff(page, portal)
    page.get_by_role("link", name="Workers and jobs").click()
    expect(page.get_by_role("heading", name="Workers and jobs")).to_be_visible()
    expect(page.get_by_role("row", name="forwarding")).to_be_visible()
    assert faults(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_staff_send_what_belongs_to_no_tenant_to_a_receiver(
    page: Page, portal: Portal, tmp_path: Path
) -> None:
    staff(page, portal)
    page.get_by_role("link", name="Forwarding").click()
    expect(page.get_by_text("None: the audit log is kept here only.")).to_be_visible()
    with receiving(tmp_path) as receiver:
        page.get_by_label("Address").fill(receiver.address)
        page.get_by_label("Certificate authority (PEM)").fill(receiver.authority)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text(f"{receiver.address} is added.")).to_be_visible()
        page.get_by_role("button", name=f"Test: {receiver.address}").click()
        expect(page.get_by_text(f"The test reached {receiver.address}.")).to_be_visible()
        assert faults(page) == []
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("link", name=f"Remove: {receiver.address}").click()
        page.get_by_role("button", name="Remove").click()
        expect(page.get_by_text("None: the audit log is kept here only.")).to_be_visible()
