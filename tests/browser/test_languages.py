import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", ["ja", "fr", "ko", "nl", "en"])
def test_pages_speak_the_language_of_the_browser(window: Window, language: str) -> None:
    page = window(locale=language)
    page.goto("/sign-in/")
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_a_language_that_it_does_not_speak_becomes_english(window: Window) -> None:
    page = window(locale="pt")
    page.goto("/sign-in/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_language_of_the_profile_wins_over_the_browsers(window: Window, portal: Portal) -> None:
    page = window(locale="fr")
    tenant = portal.tenant("Contoso")
    person = portal.hands("person", name="language-profile", tenant=tenant, role="Reader", language="en")
    page.goto("/sign-in/")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    page.locator("#id_username").fill(person["username"])
    page.locator("#id_password").fill(person["password"])
    page.locator("#id_password").press("Enter")
    expect(page.locator(".rail")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_language_chosen_in_the_menu_stays_on_the_page_and_in_the_profile(
    window: Window, portal: Portal
) -> None:
    page, tenant = window(locale="en"), portal.tenant("Contoso")
    person = portal.hands("person", name="language-menu", tenant=tenant, role="Reader")
    sign_in(page, person, at="/vms/?power=running")
    page.get_by_role("button", name="Account menu of").click()
    page.get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page).to_have_url(f"{portal.url}/vms/?power=running")
    elsewhere = window(locale="ja")
    elsewhere.goto("/sign-in/")
    elsewhere.locator("#id_username").fill(person["username"])
    elsewhere.locator("#id_password").fill(person["password"])
    elsewhere.locator("#id_password").press("Enter")
    expect(elsewhere.locator(".rail")).to_be_visible()
    expect(elsewhere.locator("html")).to_have_attribute("lang", "nl")
