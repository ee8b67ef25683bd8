import re
from base64 import b32decode

import pytest
from django_otp.oath import totp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import fill_in, sign_in, sign_out

pytestmark = pytest.mark.browser
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def tenant(portal: Portal, request: pytest.FixtureRequest) -> dict[str, str]:
    made: dict[str, str] = portal.hands(
        "house", name=request.node.name[5:40].replace("_", " "), vms={"web-1": "running"}
    )
    return made


def somebody(portal: Portal, tenant: dict[str, str]) -> dict[str, str]:
    name = f"person-{tenant['tenant'][:8]}"
    made: dict[str, str] = portal.hands("person", name=name, tenant=tenant["tenant"], role="Reader")
    return made


def enrol_app(page: Page) -> bytes:
    page.goto("/account/security/")
    page.get_by_role("link", name="Set up").click()
    key = b32decode(page.locator("code").inner_text().replace(" ", ""))
    page.get_by_label("Code", exact=False).fill(f"{totp(key):06}")
    page.get_by_role("button", name="Confirm").click()
    return key


def keep_recovery_codes(page: Page) -> list[str]:
    page.get_by_role("button", name="Show ten new codes").click()
    shown = page.locator("pre").inner_text().split()
    page.get_by_role("link", name="I have kept them").click()
    return shown


def enrol_passkey(page: Page, name: str) -> None:
    page.goto("/account/security/")
    page.locator("[data-passkey]").get_by_label("Name").fill(name)
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/recovery-codes/")


def give_code(page: Page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Confirm").click()


def with_passkeys(page: Page) -> None:
    """A device of Chromium's own that says yes to whatever it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})


def test_the_app_and_each_recovery_code_open_the_account_beside_the_password(
    page: Page, portal: Portal, tenant: dict[str, str]
) -> None:
    person = somebody(portal, tenant)
    sign_in(page, person)
    key = enrol_app(page)
    codes = keep_recovery_codes(page)
    assert len(set(codes)) == 10
    expect(page.get_by_text("10 codes left")).to_be_visible()
    sign_out(page)

    fill_in(page, person["username"], person["password"])
    give_code(page, "000000")
    expect(page.get_by_text("This code is not right")).to_be_visible()
    give_code(page, f"{totp(key, drift=1):06}")
    expect(page.get_by_role("button", name="Account menu of")).to_be_visible()
    sign_out(page)

    fill_in(page, person["username"], person["password"])
    give_code(page, codes[0].lower())
    expect(page.get_by_role("button", name="Account menu of")).to_be_visible()
    page.goto("/account/security/")
    expect(page.get_by_text("9 codes left")).to_be_visible()
    sign_out(page)

    fill_in(page, person["username"], person["password"])
    give_code(page, codes[0])
    expect(page.get_by_text("This code is not right")).to_be_visible()


def test_recovery_codes_are_shown_once(page: Page, portal: Portal, tenant: dict[str, str]) -> None:
    sign_in(page, somebody(portal, tenant))
    enrol_app(page)
    first = keep_recovery_codes(page)[0]
    for address in ("/account/security/", "/account/security/recovery-codes/"):
        page.goto(address)
        expect(page.get_by_text(first)).to_have_count(0)
    page.go_back()
    expect(page.get_by_text(first)).to_have_count(0)


def test_a_passkey_opens_the_account_without_a_password(
    page: Page, portal: Portal, tenant: dict[str, str]
) -> None:
    with_passkeys(page)
    sign_in(page, somebody(portal, tenant))
    enrol_passkey(page, "Laptop")
    keep_recovery_codes(page)
    expect(page.get_by_role("link", name="Remove passkey Laptop")).to_be_visible()
    sign_out(page)
    page.goto("/vms/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Virtual machines")).to_be_visible()


def test_a_passkey_stands_in_for_the_code_after_the_password(
    page: Page, portal: Portal, tenant: dict[str, str]
) -> None:
    person = somebody(portal, tenant)
    with_passkeys(page)
    sign_in(page, person)
    enrol_passkey(page, "Key")
    sign_out(page)
    fill_in(page, person["username"], person["password"])
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("button", name="Account menu of")).to_be_visible()


def test_a_passkey_without_a_name_is_asked_for_one_before_the_device_keeps_it(
    page: Page, portal: Portal, tenant: dict[str, str]
) -> None:
    with_passkeys(page)
    sign_in(page, somebody(portal, tenant), at="/account/security/")
    page.get_by_role("button", name="Add passkey").click()
    name = page.locator("[data-passkey]").get_by_label("Name")
    expect(name).to_be_focused()
    assert page.evaluate("document.activeElement.validity.valueMissing")
    name.fill("Key")
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url("**/recovery-codes/")


def test_a_tenant_that_requires_a_second_factor_leads_to_setting_one_up_and_back(
    page: Page, portal: Portal, tenant: dict[str, str]
) -> None:
    person = somebody(portal, tenant)
    portal.hands("require_second_factor", tenant=tenant["tenant"])
    page.goto("/vms/?os=Linux")
    fill_in(page, person["username"], person["password"])
    expect(page.get_by_text("requires a second factor").first).to_be_visible()
    enrol_app(page)
    page.get_by_role("button", name="Show ten new codes").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile(r"/vms/\?os=Linux$"))
    expect(page.get_by_role("link", name="web-1", exact=True)).to_be_visible()


def test_whoever_has_no_passkey_is_told_so_in_words(window: Window) -> None:
    page = window()
    with_passkeys(page)
    page.goto("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("No passkey was used.")
