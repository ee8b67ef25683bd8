"""Power and keys of a machine from its console's page: on machines that a worker starts, stops and resets, while the terminal stays."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import faults
from tests.browser.conftest import Window
from tests.browser.portal import Portal
from tests.browser.steps import sign_in
from tests.browser.terminals import House, attach, keyboard, screen, shows, state, terminal

pytestmark = pytest.mark.browser
FAST = "begins=0.2&ends=0.2"


def built(portal: Portal, *, options: str = FAST, power: str = "running", os: str = "Linux") -> House:
    """A machine of its own, with a line that says back what it is told."""
    machine = f"scripted://echo/m-{uuid4().hex[:8]}?power={power}&{options}"
    return House(portal, {"vm": "scripted://echo"}, vms={"vm": power}, machines={"vm": machine}, os=os)


def bare(portal: Portal) -> House:
    return House(portal, {"vm": "scripted://echo"})


def power_menu(page: Page) -> Locator:
    page.get_by_role("button", name="Power", exact=True).click()
    return page.locator("#power-menu")


def keys_menu(page: Page) -> Locator:
    page.get_by_role("button", name="Keys", exact=True).click()
    return page.locator("#keys-menu")


def power_state(page: Page) -> Locator:
    return page.locator(".console-head [data-power]")


def operation(page: Page) -> Locator:
    return page.locator(".console-operation")


def said(page: Page) -> Locator:
    """What is said of acts on the machine."""
    return page.locator("[data-slot=machine]")


@pytest.fixture
def untouched(portal: Portal, page: Page) -> Iterator[Page]:
    """A page whose portal must not hear of any act."""
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url) if "/act/" in request.url else None)
    yield page
    assert heard == []


def test_a_hard_reset_asks_first_names_who_is_here_and_keeps_the_terminal(
    acting: Portal, page: Page, window: Window
) -> None:
    house = built(acting)
    attach(page, house.person("Robin"), house.console("vm"))
    other = window()
    attach(other, house.person("Kim"), house.console("vm"))
    other.keyboard.press("Enter")
    page.keyboard.type("before")
    shows(page, "before")
    power_menu(page).get_by_role("button", name="Hard reset").click()
    ask = page.get_by_role("dialog", name="Reset vm?")
    expect(ask).to_contain_text("Kim (watches)")
    expect(ask.get_by_role("button", name="Cancel")).to_be_focused()
    assert faults(page) == []
    ask.get_by_role("button", name="Hard reset").click()
    for one in (page, other):
        expect(operation(one)).to_contain_text("Hard reset: done")
    expect(terminal(page)).to_be_focused()
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")
    page.keyboard.type(" and after")
    shows(other, "before and after")


def test_whoever_cancels_has_done_nothing(acting: Portal, untouched: Page) -> None:
    house = built(acting)
    attach(untouched, house.person("Robin"), house.console("vm"))
    for menu, act in ((power_menu, "Shut down"), (power_menu, "Power off"), (keys_menu, "NMI")):
        menu(untouched).get_by_role("button", name=act).click()
        expect(untouched.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
        untouched.keyboard.press("Enter")
        expect(untouched.get_by_role("dialog")).to_be_hidden()
        expect(terminal(untouched)).to_be_focused()


def test_a_machine_that_is_shut_down_says_so_on_every_page_and_start_brings_them_all_back(
    acting: Portal, page: Page, window: Window
) -> None:
    house = built(acting)
    attach(page, house.person("Robin"), house.console("vm"))
    other = window()
    attach(other, house.person("Kim", "Serial Console Watcher"), house.console("vm"))
    page.keyboard.type("kept")
    shows(other, "kept")
    power_menu(page).get_by_role("button", name="Shut down").click()
    page.get_by_role("dialog").get_by_role("button", name="Shut down").click()
    for one in (page, other):
        expect(state(one)).to_contain_text("The machine is stopped.")
        expect(power_state(one)).to_have_text("Stopped")
    expect(state(other)).to_contain_text("None of your roles here allows it.")
    expect(state(other).get_by_role("button", name="Start")).to_have_count(0)
    assert faults(page) == []
    state(page).get_by_role("button", name="Start").click()
    for one in (page, other):
        expect(one.locator("[data-console]")).to_have_attribute("data-state", "up")
        expect(power_state(one)).to_have_text("Running")
        assert screen(one) == "kept"
    page.keyboard.type(" on")
    shows(other, "kept on")


def test_the_page_of_a_stopped_machine_waits_with_its_terminal(acting: Portal, page: Page) -> None:
    house = built(acting, power="deallocated")
    sign_in(page, house.person("Robin"), at=house.console("vm"))
    expect(state(page)).to_contain_text("holds no host. The console connects as soon as it starts.")
    expect(power_menu(page).get_by_role("button", name="Restart")).to_contain_text("It is off.")
    page.keyboard.press("Escape")
    state(page).get_by_role("button", name="Start").click()
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")
    page.keyboard.type("alive")
    shows(page, "alive")


def test_a_guest_that_ignores_a_restart_is_offered_the_reset(acting: Portal, page: Page) -> None:
    house = built(acting, options="ignores=shut_down")
    attach(page, house.person("Robin"), house.console("vm"))
    power_menu(page).get_by_role("button", name="Restart").click()
    page.get_by_role("dialog").get_by_role("button", name="Restart").click()
    expect(operation(page)).to_contain_text("Restart: in progress")
    expect(power_menu(page).get_by_role("button", name=re.compile("^Start"))).to_have_attribute(
        "aria-disabled", "true"
    )
    page.keyboard.press("Escape")
    operation(page).get_by_role("button", name="Call off").click()
    expect(said(page)).to_contain_text("Restart: given up. Robin called it off.")
    expect(operation(page)).to_be_hidden()
    said(page).get_by_role("button", name="Understood").click()
    expect(terminal(page)).to_be_focused()


def test_a_bare_line_says_that_it_has_no_power(portal: Portal, untouched: Page) -> None:
    house = bare(portal)
    attach(untouched, house.person("Robin"), house.console("vm"))
    menu = power_menu(untouched)
    for act in ("Start", "Restart", "Shut down", "Hard reset", "Power off", "Stop"):
        button = menu.get_by_role("button", name=re.compile(f"^{act}"))
        expect(button).to_have_attribute("aria-disabled", "true")
        expect(button).to_contain_text("Homeport holds this machine's serial line only")
    assert faults(untouched) == []
    menu.get_by_role("button", name="Hard reset").click(force=True)
    expect(untouched.get_by_role("dialog")).to_have_count(0)


def test_whoever_only_watches_is_told_that_no_role_allows_it(acting: Portal, untouched: Page) -> None:
    house = built(acting)
    attach(untouched, house.person("Robin", "Serial Console Watcher"), house.console("vm"))
    expect(power_menu(untouched).get_by_role("button", name="Hard reset")).to_contain_text(
        "None of your roles"
    )
    untouched.keyboard.press("Escape")
    menu = keys_menu(untouched)
    for act in ("NMI", "SysRq", "Ctrl+Alt+Del"):
        expect(menu.get_by_role("button", name=act)).to_have_attribute("aria-disabled", "true")
        expect(menu.get_by_role("button", name=act)).to_contain_text("None of your roles")


def test_the_nmi_says_that_it_is_meant_to_crash_the_guest(acting: Portal, page: Page) -> None:
    house = built(acting)
    attach(page, house.person("Robin"), house.console("vm"))
    keys_menu(page).get_by_role("button", name="NMI").click()
    ask = page.get_by_role("dialog", name="Send vm a non-maskable interrupt?")
    expect(ask).to_contain_text("meant to crash the guest")
    ask.get_by_role("button", name="Crash the guest").click()
    expect(operation(page)).to_contain_text("Non-maskable interrupt: done")


def test_one_sysrq_key_is_chosen_by_its_letter_and_several_go_in_order_until_cancelled(
    acting: Portal, page: Page
) -> None:
    house = built(acting)
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.post_data or "") if "/act/sysrq/" in one.url else None)
    attach(page, house.person("Robin"), house.console("vm"))
    keys_menu(page).get_by_role("button", name="SysRq").click()
    ask = page.get_by_role("dialog", name="Press SysRq keys on vm")
    expect(ask.get_by_role("button", name="Cancel")).to_be_focused()
    expect(ask.get_by_role("button", name="Press H")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("w")
    expect(ask.get_by_label("show tasks that wait")).to_be_checked()
    ask.get_by_role("button", name="Press W").click()
    expect(operation(page)).to_contain_text("SysRq: done")

    keys_menu(page).get_by_role("button", name="SysRq").click()
    ask.get_by_role("radio", name="Several in a row").check()
    ask.get_by_label("seconds between them").fill("10")
    ask.get_by_role("button", name="Press REISUB").click()
    panel = page.get_by_role("region", name="SysRq keys in progress")
    expect(panel).to_contain_text("1 of 6 pressed; next: E")
    assert faults(page) == []
    panel.get_by_role("button", name="Cancel").click()
    expect(said(page)).to_contain_text("SysRq keys pressed: R. Not pressed: EISUB. Robin called it off.")
    expect(panel).to_be_hidden()
    expect(terminal(page)).to_be_focused()
    assert sent == ["letters=w&pause=5", "letters=reisub&pause=10"]


def test_windows_has_no_sysrq_and_keeps_its_f8(acting: Portal, page: Page) -> None:
    house = built(acting, os="Windows")
    frames = attach(page, house.person("Robin"), house.console("vm"))
    menu = keys_menu(page)
    expect(menu.get_by_role("button", name="SysRq")).to_contain_text("Windows knows no SysRq.")
    menu.get_by_role("button", name="F8 while Windows starts").click()
    expect(terminal(page)).to_be_focused()
    assert frames.keys == b"\x1b8"


def test_trouble_is_a_badge_that_leads_back_to_where_it_was_printed(portal: Portal, page: Page) -> None:
    house = bare(portal)
    attach(page, house.person("Robin"), house.console("vm"))
    for number in range(60):
        page.keyboard.type(f"row {number}")
        page.keyboard.press("Enter")
        page.keyboard.press("Control+J")
    shows(page, "row 59")
    portal.hands("sight", scope=house.scope("vm"), kind="panic", offset=4)
    badge = page.locator(".console-head .trouble")
    expect(badge).to_contain_text("kernel panic")
    assert "row 10" not in screen(page)
    badge.click()
    shows(page, "row 10")
    assert len(page.context.pages) == 1
    page.goto(f"{house.console('vm')}?at=4")
    shows(page, "row 10")


def test_who_asked_for_the_keyboard_may_withdraw_it(portal: Portal, page: Page, window: Window) -> None:
    house = bare(portal)
    attach(page, house.person("Robin"), house.console("vm"))
    other = window()
    attach(other, house.person("Kim"), house.console("vm"))
    other.keyboard.press("Enter")
    keyboard(other).get_by_role("button", name="Request keyboard").click()
    expect(keyboard(page)).to_contain_text("Kim (127.0.0.1) asks for the keyboard.")
    keyboard(other).get_by_role("button", name="Withdraw").click()
    expect(keyboard(page).locator("[data-sentence]")).to_have_count(0)
    expect(keyboard(other)).to_contain_text(re.compile("You are watching; Robin types"))


def test_whose_right_to_type_is_taken_away_reads_which_one_is_missing(portal: Portal, page: Page) -> None:
    house = bare(portal)
    guest = house.person("Guest", "Virtual Machine Contributor")
    portal.hands("give", user=guest["id"], tenant=house.made["tenant"], role="Serial Console Watcher")
    attach(page, guest, house.console("vm"))
    portal.hands(
        "take_away", user=guest["id"], tenant=house.made["tenant"], role="Virtual Machine Contributor"
    )
    expect(state(page)).to_contain_text("The right to type was taken away; your role lets you watch.")
    expect(state(page)).to_contain_text("Microsoft.SerialConsole/serialPorts/connect/action over")
    state(page).get_by_role("button", name="Connect again").click()
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")


def test_a_guest_in_a_panic_is_offered_a_reset_and_no_help_with_its_login(portal: Portal, page: Page) -> None:
    machine = f"scripted://silent/m-{uuid4().hex[:8]}"
    house = House(portal, {"vm": "scripted://silent"}, machines={"vm": machine})
    portal.hands("sight", scope=house.scope("vm"), kind="panic")
    page.clock.install()
    attach(page, house.person("Robin"), house.console("vm"))
    expect(page.locator(".console-head .trouble")).to_contain_text("kernel panic")
    page.keyboard.press("Enter")
    page.clock.run_for(10_500)
    tool = page.locator("[data-slot=tool]")
    expect(tool).to_contain_text("the guest's kernel has panicked")
    expect(page.get_by_role("region", name="No answer for ten seconds")).to_be_hidden()
    tool.get_by_role("button", name="Hard reset").click()
    expect(page.get_by_role("dialog", name="Reset vm?")).to_be_visible()
