"""What docs/machines.md tells people to do works, as written, but for the places: another folder, port or connection, and a small guest."""

import os
import re
import shlex
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from consoles.drivers.base import Endpoint, Host
from consoles.drivers.opening import open_endpoint
from portal.fleet.models import VirtualMachine
from portal.lab.small import Small
from portal.machines.base import Can, State
from portal.machines.opening import open_machine
from tests.consoles.drivers.conftest import SER2NET, listens, running, wait_for, wire  # noqa: F401
from tests.fleet.test_commands import run
from tests.guests.conftest import built_small  # noqa: F401
from tests.machines.libvirt.conftest import libvirtd, printed  # noqa: F401
from tests.machines.libvirt.host import Libvirtd
from tests.run.programs import free_port
from tests.world import World

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "machines.md").read_text()
BOOT = "console=tty0 console=ttyS0,115200 reboot=t quiet"


def example(language: str) -> str:
    return "".join(re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))


def commands() -> dict[str, list[str]]:
    """Of each machine's name, what is typed to add it."""
    blocks = re.findall(r"^    \.venv/bin/python manage\.py (vm_add (?:.*\\\n)*.*)$", PAGE, re.MULTILINE)
    found = [shlex.split(block.replace("\\\n", " ")) for block in blocks]
    return {words[words.index("--name") + 1]: words for words in found}


def urls(name: str) -> tuple[str, str]:
    words = commands()[name]
    return words[words.index("--serial") + 1], words[words.index("--machine") + 1]


@contextmanager
def closing(line: Endpoint) -> Iterator[Endpoint]:
    try:
        yield line
    finally:
        line.close()


def test_every_command_registers_its_machine(world: World) -> None:
    VirtualMachine.objects.all().delete()
    for name, words in commands().items():
        given = {
            words[at].removeprefix("--").replace("-", "_"): words[at + 1] for at in range(1, len(words), 2)
        }
        run("vm_add", **given)
        assert VirtualMachine.objects.get(name=name).ports.get().url == given["serial"]
    assert VirtualMachine.objects.count() == 4


@pytest.mark.guest
async def test_the_libvirt_domain_starts_prints_breaks_and_goes_off(libvirtd: Libvirtd) -> None:  # noqa: F811
    xml = (
        example("xml")
        .replace("/var/log/libvirt/qemu", str(libvirtd.folder))
        .replace("/run/", f"{libvirtd.folder}/")
    )
    guest = (
        f"<kernel>{libvirtd.kernel}</kernel><initrd>{libvirtd.initrd}</initrd><cmdline>{BOOT}</cmdline></os>"
    )
    cache = '<features><tcg><tb-cache unit="MiB">16</tb-cache></tcg>'
    libvirtd.define_xml(xml.replace("</os>", guest).replace("<features>", cache))
    serial, machine_url = (url.replace("qemu:///system?", f"{libvirtd.connection}&") for url in urls("web-1"))
    machine = open_machine(machine_url)
    try:
        await machine.prepare()
        with closing(await open_endpoint(serial, Host())) as line:
            await machine.start()
            await works(line)
        assert (await machine.screenshot()).startswith(b"\x89PNG")
        assert (await machine.agent().facts()).os_name
        await machine.power_off()
        assert (libvirtd.folder / "web-1-serial.log").stat().st_size
    finally:
        libvirtd.forget("web-1")


async def works(line: Endpoint) -> None:
    await printed(line, b"login: ")
    await line.send_break(0.25)
    os.write(line.fd, b"h")
    await printed(line, b"sysrq: HELP")


@pytest.fixture
def qemu(built_small: Small) -> Iterator[Callable[[str], str]]:  # noqa: F811
    """Runs the page's own QEMU with a small guest; what it gives changes a URL's folder to where that runs."""
    with TemporaryDirectory(prefix="hpd-") as folder:
        command = example("sh").replace("\\\n", " ").replace("/run/vm/web-2", folder)
        guest = [
            "-kernel",
            str(built_small.kernel),
            "-initrd",
            str(built_small.agent_initrd),
            "-append",
            BOOT,
        ]
        smaller = command.replace("tb-size=64", "tb-size=16").replace("-m 512", "-m 128")
        with running(*shlex.split(smaller), *guest):
            wait_for(lambda: (Path(folder) / "agent.sock").exists())
            yield lambda url: url.replace("/run/vm/web-2", folder)


@pytest.mark.guest
async def test_a_qemu_of_ones_own_is_seen_broken_asked_stopped_and_started(
    qemu: Callable[[str], str],
) -> None:
    serial, machine_url = map(qemu, urls("web-2"))
    machine = open_machine(machine_url)
    with closing(await open_endpoint(serial, Host())) as line:
        await works(line)
        assert await machine.state() is State.RUNNING
        assert machine.can >= {Can.POWER, Can.NMI, Can.KEYS, Can.SCREEN, Can.AGENT}
        assert (await machine.screenshot()).startswith(b"\x89PNG")
        assert (await machine.agent().facts()).os_name
        await machine.power_off()
        assert await machine.state() is State.STOPPED
        await machine.start()
        await printed(line, b"login: ")


@pytest.fixture
async def terminal_server(wire: tuple[Path, Path], tmp_path: Path) -> AsyncIterator[int]:  # noqa: F811
    if not SER2NET:
        pytest.skip("ser2net is not installed: `make test` installs it")
    port, settings = free_port(), tmp_path / "ser2net.yaml"
    settings.write_text(example("yaml").replace("4001", str(port)).replace("/dev/ttyUSB0", str(wire[0])))
    with running(SER2NET, "-n", "-c", str(settings), "-P", str(tmp_path / "pid")):
        wait_for(lambda: listens(port))
        yield port


async def test_the_terminal_server_carries_both_ways(
    terminal_server: int,
    wire: tuple[Path, Path],  # noqa: F811
) -> None:
    words = commands()["web-3"]
    url = words[words.index("--serial") + 1].replace("4001", str(terminal_server))
    with closing(await open_endpoint(url, Host())) as line:
        await both_ways(line, wire[1])


async def test_the_serial_port_carries_both_ways(wire: tuple[Path, Path]) -> None:  # noqa: F811
    words = commands()["web-4"]
    settings = words[words.index("--serial") + 1].partition("?")[2]
    with closing(await open_endpoint(f"{wire[0].resolve()}?{settings}", Host())) as line:
        await both_ways(line, wire[1])


async def both_ways(line: Endpoint, guest: Path) -> None:
    fd = os.open(guest, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(fd, b"a guest's words")
        assert await printed(line, b"words") == b"a guest's words"
        os.write(line.fd, line.encoded(b"a person's"))
        assert os.read(fd, 100) == b"a person's"
    finally:
        os.close(fd)


def test_the_packages_it_names_are_what_the_tests_name() -> None:
    named = re.findall(r"^    apt-get install --no-install-recommends (.*)$", PAGE, re.MULTILINE)
    assert named == ["libvirt-daemon-driver-qemu libvirt-clients python3-libvirt qemu-system-x86"]
