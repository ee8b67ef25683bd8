from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

pytestmark = pytest.mark.browser
IMAGE = "<img src=x onerror=alert(1)>"
SUM = "{{7*7777}}{% now 'Y' %}"
BREAKOUT = "\"'><script>alert(2)</script>"


@pytest.fixture(scope="module")
def house(portal: Portal) -> dict[str, str]:
    """Where every text that somebody may choose is one that a careless page would run."""
    made: dict[str, str] = portal.hands(
        "house",
        name=f"House {uuid4().hex[:8]} {IMAGE}",
        vms={"web-1": "running"},
        subscription=f"{IMAGE}{SUM}",
    )
    vm = f"{made['group']}/providers/Microsoft.Compute/virtualMachines/web-1"
    portal.hands("tag", scope=vm, tags={"owner": IMAGE, BREAKOUT: SUM})
    made["people"] = portal.hands(
        "group_of_people", tenant=made["tenant"], name=IMAGE, description=f"{SUM}{BREAKOUT}"
    )
    name = {"name": f"hostile-owner-{uuid4().hex[:8]}", "display_name": f"{IMAGE}{SUM}{BREAKOUT}"}
    person = portal.hands("person", tenant=made["tenant"], role="Owner", **name)
    portal.hands("give", user=person["id"], tenant=made["tenant"], role="Reader", scope=vm)
    portal.hands("switch", subscription=made["subscription"], on=False, reason=f"{IMAGE}{SUM}{BREAKOUT}")
    return {**made, "vm": vm, "user": person["id"], **{key: person[key] for key in ("username", "password")}}


def addresses(house: dict[str, str]) -> dict[str, str | None]:
    """Each page, and the text that it shows."""
    subscription, tenant = house["subscription"], f"/tenants/{house['tenant']}"
    return {
        "/": IMAGE,
        "/vms/": IMAGE,
        f"/vms/{subscription}/web/web-1/": IMAGE,
        f"/vms/{subscription}/web/web-1/console/": IMAGE,
        "/subs/": IMAGE,
        f"/subs/{subscription}/": IMAGE,
        f"/subs/{subscription}/console-switch/": IMAGE,
        f"/resource-groups/{subscription}/web/": IMAGE,
        f"/access{tenant}": IMAGE,
        f"/access/add{tenant}?find=img": IMAGE,
        f"/access{house['vm']}": IMAGE,
        f"/activity{tenant}": IMAGE,
        "/people/": IMAGE,
        f"/people/{house['user']}/": IMAGE,
        "/groups/": IMAGE,
        f"/groups/{house['people']}/": IMAGE,
        "/roles/": None,
        "/tenant/": None,
        "/account/": IMAGE,
        "/account/security/": IMAGE,
        f"/search/?q={IMAGE}": IMAGE,
        f"/vms/?q={BREAKOUT}&sort={IMAGE}&host={SUM}": "alert(2)",
        f"/access{tenant}?q={BREAKOUT}": "alert(2)",
    }


@pytest.fixture
def owner(window: Window, house: dict[str, str]) -> Page:
    page = window()
    sign_in(page, house)
    return page


def test_what_people_write_is_shown_as_they_wrote_it_on_every_page(
    owner: Page, house: dict[str, str]
) -> None:
    images: list[str] = []
    owner.on(
        "request", lambda request: images.append(request.url) if request.resource_type == "image" else None
    )
    for address, shown in addresses(house).items():
        owner.goto(address, wait_until="networkidle")
        text = owner.locator("body").inner_text()
        values = " ".join(owner.locator("input, textarea").evaluate_all("all => all.map(one => one.value)"))
        assert "54439" not in text, address
        assert owner.locator("img[src=x], body script").count() == 0, address
        assert shown is None or shown in f"{text} {values}", f"{address} does not show {shown}"
    assert [url for url in images if not url.endswith(".svg") and not url.startswith("data:")] == []


def test_so_it_is_in_lists_that_scripts_fill_in(owner: Page, house: dict[str, str]) -> None:
    search = owner.get_by_role("combobox", name="Search")
    search.fill(IMAGE[:4])
    expect(owner.get_by_role("option").first).to_contain_text(IMAGE)
    owner.goto(f"/access/tenants/{house['tenant']}")
    owner.get_by_label("Search for a name").fill("img")
    expect(owner.locator(".picker-matches")).to_contain_text(IMAGE)
    owner.get_by_role("radio").first.check()
    owner.get_by_role("button", name="Check", exact=True).click()
    expect(owner.locator("#check-answer")).to_contain_text(IMAGE)
    assert owner.locator("img[src=x]").count() == 0
