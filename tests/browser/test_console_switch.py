import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser
REASON = "Incident 4711: nobody types until the disks are copied"


@pytest.fixture
def house(portal: Portal, request: pytest.FixtureRequest) -> dict[str, str]:
    made: dict[str, str] = portal.hands(
        "house", name=request.node.name[8:40], vms={"web-1": "running", "web-2": "running"}
    )
    return made


@pytest.fixture
def owner(page: Page, portal: Portal, house: dict[str, str]) -> Page:
    person = portal.hands(
        "person",
        name=f"owner-{house['tenant'][:8]}",
        tenant=house["tenant"],
        role="Owner",
        display_name="Switch owner",
    )
    sign_in(page, person, at=f"/subs/{house['subscription']}/")
    return page


def test_the_owner_turns_consoles_off_and_on_and_whoever_is_cut_off_reads_who_and_why(
    owner: Page, window: Window, portal: Portal, house: dict[str, str]
) -> None:
    vm = f"/vms/{house['subscription']}/web/web-1/"
    contributor = window()
    machine = f"{house['group']}/providers/Microsoft.Compute/virtualMachines/web-1"
    role = {"role": "Virtual Machine Contributor", "scope": machine}
    person = portal.hands("person", name="switch-contributor", tenant=house["tenant"], **role)
    sign_in(contributor, person, at=f"{vm}console/")
    expect(contributor.locator("[data-console]")).to_have_attribute("data-state", "up")

    owner.get_by_role("link", name="Turn consoles off").click()
    expect(owner.locator(".consequences")).to_contain_text("2")
    owner.get_by_role("button", name="Turn consoles off").click()
    expect(owner.get_by_text("This field is required")).to_be_visible()
    expect(owner.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    owner.get_by_label("Reason").fill(REASON)
    owner.get_by_role("button", name="Turn consoles off").click()

    main = owner.get_by_role("main")
    expect(owner.locator("#toasts")).to_contain_text("Serial consoles of production are off")
    expect(main).to_contain_text("Nobody can open a console in this subscription")
    expect(main).to_contain_text("Switch owner")
    expect(main).to_contain_text(REASON)
    expect(main.locator("time").first).to_have_text(re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"))

    contributor.reload()
    expect(contributor.get_by_role("heading", name="Serial consoles are switched off here")).to_be_visible()
    expect(contributor.get_by_role("main")).to_contain_text(REASON)
    contributor.goto(vm)
    expect(contributor.locator(".switches li").first).to_contain_text("Off")
    owner.goto(vm)
    expect(owner.locator(".switches li").first).to_contain_text("Off")

    owner.goto(f"/subs/{house['subscription']}/")
    owner.get_by_role("link", name="Turn consoles on").click()
    owner.get_by_role("button", name="Turn consoles on").click()
    expect(owner.locator("#toasts")).to_contain_text("Serial consoles of production are on")
    contributor.goto(f"{vm}console/")
    expect(contributor.locator("[data-console]")).to_have_attribute("data-state", "up")


def test_it_offers_no_switch_to_whoever_may_use_one_machine_only(
    owner: Page, window: Window, portal: Portal, house: dict[str, str]
) -> None:
    machine = f"{house['group']}/providers/Microsoft.Compute/virtualMachines/web-1"
    role = {"role": "Virtual Machine Contributor", "scope": machine}
    person = portal.hands("person", name="switch-one-machine", tenant=house["tenant"], **role)
    other = window(allow={403, 404})
    sign_in(other, person, at=f"/vms/{house['subscription']}/web/web-1/")
    expect(other.get_by_role("main")).to_contain_text("Console switches")
    for address in (f"/subs/{house['subscription']}/", f"/subs/{house['subscription']}/console-switch/"):
        other.goto(address)
        expect(other.get_by_role("heading", level=1)).to_be_visible()
        expect(other.get_by_text(re.compile("Turn .* off"))).to_have_count(0)
    owner.goto(f"/subs/{house['subscription']}/console-switch/")
    expect(owner.get_by_role("button", name="Turn consoles off")).to_be_visible()
