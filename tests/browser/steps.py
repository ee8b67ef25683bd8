"""What people do on many pages, in their words."""

from playwright.sync_api import Page, expect

from tests.browser.portal import Portal


def sign_in(page: Page, person: dict[str, str], at: str = "/") -> None:
    """Asks for a page, signs in, and is on it."""
    page.goto(at)
    fill_in(page, person["username"], person["password"])
    expect(page.get_by_role("button", name="Account menu of")).to_be_visible()
    page.wait_for_load_state()


def fill_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def demo_person(portal: Portal, name: str) -> dict[str, str]:
    return {"username": name, "password": portal.password_of(name)}


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Account menu of").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
