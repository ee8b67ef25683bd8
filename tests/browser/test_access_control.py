import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser
ROLE = "Serial Console Operator"


@pytest.fixture
def house(portal: Portal) -> dict[str, str]:
    made: dict[str, str] = portal.hands("house", name="Access House", vms={"web-1": "running"})
    return made


def add_access(owner: Page, name: str, role: str) -> None:
    owner.get_by_role("link", name="Give access").click()
    owner.get_by_label("Search for a name").press_sequentially(name[:6])
    owner.get_by_role("radio", name=name).check()
    owner.get_by_role("radio", name=role, exact=False).check()
    owner.get_by_label("Ends", exact=True).select_option("8h")
    expect(owner.locator("#what-will-happen")).to_contain_text(f"{name} gets the role {role}")
    expect(owner.locator("#what-will-happen")).to_contain_text("It ends on")
    owner.get_by_role("button", name="Give access").click()
    expect(owner.locator("#toasts")).to_contain_text(f"{name} has the role {role} here now.")


def check_access(owner: Page, name: str) -> None:
    owner.get_by_label("Search for a name").fill(name)
    owner.get_by_role("radio", name=name).check()
    owner.get_by_role("button", name="Check", exact=True).click()


def test_a_role_given_for_a_time_opens_a_machine_and_its_removal_closes_it(
    page: Page, window: Window, portal: Portal, house: dict[str, str]
) -> None:
    owner, theirs = page, window(allow={403, 404})
    boss = portal.hands("person", name="access-owner", tenant=house["tenant"], role="Owner")
    guest = portal.hands("person", name="access-guest", tenant=house["tenant"], display_name="Visiting guest")
    vm, scope = (
        f"/vms/{house['subscription']}/web/web-1/",
        f"{house['group']}/providers/Microsoft.Compute/virtualMachines/web-1",
    )
    sign_in(theirs, guest, at=vm)
    expect(theirs.get_by_role("heading", level=1, name="web-1")).to_have_count(0)

    sign_in(owner, boss, at=f"/access{scope}")
    add_access(owner, "Visiting guest", ROLE)
    row = owner.get_by_role("row").filter(has_text="Visiting guest")
    expect(row).to_contain_text("UTC")
    check_access(owner, "Visiting guest")
    answer = owner.locator("#check-answer")
    expect(answer).to_contain_text("Allowed")
    expect(answer).to_contain_text(f"Because of the role {ROLE}")

    theirs.goto(vm)
    expect(theirs.get_by_role("heading", level=1)).to_contain_text("web-1")
    theirs.get_by_role("main").get_by_role("link", name="Serial console", exact=True).click()
    expect(theirs.locator("[data-console]")).to_have_attribute("data-state", "up")

    owner.goto(f"/access{scope}")
    owner.get_by_role("link", name=f"Remove {ROLE} from Visiting guest").click()
    expect(owner.locator(".consequences")).to_contain_text("Consoles open by this role alone end")
    owner.get_by_role("button", name="Remove access").click()
    expect(owner.get_by_role("row").filter(has_text="Visiting guest")).to_have_count(0)

    expect(theirs.get_by_role("main")).to_contain_text("You lack the role for this console")
    theirs.get_by_role("link", name="To the machine's overview").click()
    main = theirs.get_by_role("main")
    expect(main).to_contain_text("You lack the role for this")
    expect(main).to_contain_text("Microsoft.Compute/virtualMachines/read")
    expect(main).to_contain_text(scope)


def test_check_access_explains_a_refusal_and_names_what_would_help(page: Page, portal: Portal) -> None:
    made = portal.hands("house", name="Refusal House", vms={"web-1": "running"})
    boss = portal.hands("person", name="refusal-owner", tenant=made["tenant"], role="Owner")
    portal.hands(
        "person", name="refusal-reader", tenant=made["tenant"], role="Reader", display_name="Only reads"
    )
    sign_in(page, boss, at=f"/access{made['scope']}")
    check_access(page, "Only reads")
    answer = page.locator("#check-answer")
    expect(answer).to_contain_text("Refused")
    expect(answer).to_contain_text("Reader")
    expect(answer).to_contain_text("Roles that would grant it")
    expect(answer.get_by_role("link", name=ROLE)).to_be_visible()


def test_nothing_chosen_is_said_at_its_field_and_loses_nothing(page: Page, portal: Portal) -> None:
    made = portal.hands("house", name="Empty House", vms={})
    boss = portal.hands("person", name="empty-owner", tenant=made["tenant"], role="Owner")
    sign_in(page, boss, at=f"/access/add{made['scope']}")
    page.get_by_role("radio", name=re.compile("^Reader")).check()
    page.get_by_label("Ends", exact=True).select_option("date")
    page.get_by_role("button", name="Give access").click()
    expect(page.get_by_text("Choose who it is for")).to_be_visible()
    expect(page.get_by_text("Choose the date and time at which it ends.")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Reader"))).to_be_checked()
    expect(page.get_by_label("Ends", exact=True)).to_have_value("date")
