from collections.abc import Callable

import pytest
from django.template.loader import render_to_string
from django.test import Client

from consoles.distributions import CUSTOM, LINUX, WINDOWS, distribution
from portal.fleet.models import VirtualMachine
from tests.world import World


@pytest.mark.parametrize(
    ("os", "name", "page"),
    [
        ("Linux", "Red Hat Enterprise Linux 9.4", "redhat"),
        ("Linux", "CentOS Stream 9", "redhat"),
        ("Linux", "Oracle Linux 8", "redhat"),
        ("Linux", "Rocky Linux 9", "redhat"),
        ("Linux", "AlmaLinux 9", "redhat"),
        ("Linux", "Ubuntu 24.04 LTS", "ubuntu"),
        ("Linux", "Debian GNU/Linux 12", "debian"),
        ("Linux", "SUSE Linux Enterprise Server 15", "suse"),
        ("Linux", "SLES 12 SP5", "suse"),
        ("Linux", "Fedora CoreOS 40", "coreos"),
        ("Linux", "Flatcar Container Linux", "coreos"),
        ("Linux", "Yocto 5.0", "custom"),
        ("Linux", "", "custom"),
        ("Windows", "Windows Server 2022", "windows"),
        ("Windows", "", "windows"),
    ],
)
def test_it_chooses_the_help_by_what_the_machine_says_of_itself(os: str, name: str, page: str) -> None:
    assert distribution(VirtualMachine(os=os, os_name=name)) == page


@pytest.mark.parametrize("name", [*LINUX, CUSTOM, WINDOWS])
def test_every_system_has_help_for_silence_and_for_what_comes_before_a_login(name: str) -> None:
    for part in ("silent", "single"):
        page = render_to_string(f"consoles/help/{name}.html", {"part": part})
        assert "<p>" in page, part
    whole = render_to_string(f"consoles/help/{name}.html", {})
    assert "data-type=" in whole


def test_commands_are_single_lines_without_enter_and_cannot_break_out_of_their_attribute() -> None:
    page = render_to_string("consoles/help/redhat.html", {})
    assert 'data-type="sudo grubby --update-kernel=ALL --args=&quot;console=ttyS0,115200&quot;"' in page
    for name in [*LINUX, CUSTOM, WINDOWS]:
        for piece in render_to_string(f"consoles/help/{name}.html", {}).split('data-type="')[1:]:
            command = piece.split('"')[0]
            assert command
            assert not set(command) & set("\r\n\t")


def test_the_console_of_a_windows_machine_speaks_of_sac_and_of_a_linux_machine_of_its_distribution(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    for vm in (world.vm, world.windows_vm):
        vm.power_state = "running"
        vm.os_name = "Ubuntu 24.04 LTS" if vm.os == "Linux" else "Windows Server 2022"
        vm.save()
    linux = panel(client.get(world.vm.console_url).content.decode())
    windows = panel(client.get(world.windows_vm.console_url).content.decode())
    assert "50-cloudimg-settings.cfg" in linux
    assert "bcdedit" not in linux
    assert "bcdedit /ems {current} on" in windows
    assert "ttyS0" not in windows


def panel(page: str) -> str:
    return page.split('id="silence"')[1].split("</section>")[0]
