"""Debians that are broken on purpose, repaired on their consoles' pages as docs/lab.md tells it. Afterwards SSH works."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from portal.lab import machines
from portal.lab.broken import VARIANTS
from tests.browser.portal import Portal
from tests.browser.steps import sign_in
from tests.browser.terminals import Frames, House, state, terminal
from tests.lab.pages.repairing import BOOT_MS, SHELL, Operator
from tests.lab.pages.secure_shell import lets_in, ssh

pytestmark = [pytest.mark.browser, pytest.mark.guest, pytest.mark.lab]

BOOT = BOOT_MS / 1000


class Broken(NamedTuple):
    operator: Operator
    page: Page
    port: int
    repair: tuple[str, ...]

    def lets_in_again(self) -> bool:
        return lets_in(self.port, BOOT)


@pytest.fixture
def broken(
    request: pytest.FixtureRequest,
    portal: Portal,
    debian_guest: Callable[[str], tuple[Path, int]],
    page: Page,
    tmp_path: Path,
) -> Iterator[Broken]:
    """Its owner has signed in at its console, and started it: GRUB's menu is on the screen. The console stays open till the end."""
    path, port = debian_guest(request.param)
    name = f"broken-{path.parent.name}"
    urls = {"lines": {name: machines.serial_url(path)}, "machines": {name: machines.machine_url(path)}}
    house = House(portal, vms={name: "deallocated"}, os_name="Debian 12", **urls)
    operator, frames = Operator(page, tmp_path), Frames(page)
    sign_in(page, house.person("Robin"), at=house.console(name))
    start = state(page).get_by_role("button", name="Start")
    expect(start).to_be_visible()
    operator.takes_a_picture("off")
    start.click()
    operator.sees("GNU GRUB")
    operator.takes_a_picture("grub")
    yield Broken(operator, page, port, VARIANTS[request.param].repair)
    operator.takes_a_picture("end")
    assert frames.wrong == []


@pytest.mark.parametrize("broken", ["fstab"], indirect=True)
def test_a_missing_file_system_is_taken_out_in_emergency_mode(broken: Broken) -> None:
    operator = broken.operator
    operator.presses("ArrowDown", "ArrowUp", "Enter")
    operator.sees("root password for maintenance")
    operator.takes_a_picture("emergency")
    operator.gives_the_password()
    *steps, last = broken.repair
    for number, step in enumerate(steps, 1):
        operator.runs(number, step)
    operator.takes_a_picture("mended")
    expect(broken.page.locator(".console-head .trouble")).to_contain_text("emergency mode")
    operator.enters(last)
    operator.stands_at(r"login:$")
    assert broken.lets_in_again()


@pytest.mark.parametrize("broken", ["sshd_config"], indirect=True)
def test_a_wrong_word_of_sshd_is_found_at_a_shell_and_taken_out_by_a_paste(broken: Broken) -> None:
    operator = broken.operator
    operator.presses("Enter")
    operator.logs_in()
    operator.takes_a_picture("shell")
    assert "Connection reset by peer" in ssh(broken.port, 15)
    operator.chooses("fit", "Type it and press Enter")
    operator.sees("stty rows")
    operator.stands_at(SHELL)
    operator.enters("mkdir -p /run/sshd; sshd -t")
    operator.sees("50-hardening.conf line 3")
    operator.takes_a_picture("cause")
    operator.pastes([*broken.repair, "echo status=$?"])
    operator.sees("status=0")
    assert broken.lets_in_again()


@pytest.mark.parametrize("broken", ["firewall"], indirect=True)
def test_a_firewall_that_shuts_everybody_out_is_mended_in_rescue_mode_from_grubs_editor(
    broken: Broken,
) -> None:
    operator, page = broken.operator, broken.page
    operator.presses("Enter")
    operator.stands_at(r"login:$")
    assert "timed out" in ssh(broken.port, 15)
    operator.chooses("power", "Hard reset")
    page.get_by_role("dialog").get_by_role("button", name="Hard reset").click()
    operator.sees("GNU GRUB")
    operator.presses("e")
    operator.sees("setparams")
    operator.presses("ArrowDown", "ArrowDown", "End")
    types_from_the_help(page, "systemd.unit=rescue.target")
    operator.sees("=rescue.target")  # GRUB breaks the line
    operator.takes_a_picture("editor")
    operator.presses("Control+x")
    operator.sees("root password for maintenance")
    operator.takes_a_picture("rescue")
    operator.gives_the_password()
    for number, step in enumerate(broken.repair, 1):
        operator.runs(number, step)
    operator.takes_a_picture("mended")
    operator.enters("exit")
    operator.stands_at(r"login:$")
    assert broken.lets_in_again()


def types_from_the_help(page: Page, words: str) -> None:
    """As somebody finds it there: the tab, this guest's page, the button beside the words."""
    page.get_by_role("button", name="Help", exact=True).click()
    page.get_by_role("tab", name="Single-user mode").click()
    page.get_by_role("tabpanel").get_by_role("button", name=f"Type it: {words}").first.click()
    expect(terminal(page)).to_be_focused()
