"""What is built without running it: modules in order, machines as the driver reads them, and sentences where something is missing."""

import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from consoles.drivers import urls
from portal.lab import debian, machines, modules, packages, small
from portal.lab.errors import LabError
from portal.machines.qemu import spec


def module(folder: Path, name: str, needs: str = "") -> None:
    (folder / f"{name}.ko").write_bytes(
        b"\x7fELF\0depends=" + needs.encode() + b"\0name=" + name.encode() + b"\0"
    )


def test_a_module_comes_after_what_it_needs_and_one_that_is_built_in_is_left_out(tmp_path: Path) -> None:
    module(tmp_path, "virtio-pci", "virtio_ring,virtio")
    module(tmp_path, "virtio", "virtio_ring")
    module(tmp_path, "virtio_ring")
    assert list(modules.in_order(tmp_path, ["virtio_pci", "ext4"])) == ["virtio_ring", "virtio", "virtio_pci"]


@pytest.fixture
def built(tmp_path: Path) -> small.Small:
    return small.Small(tmp_path / "vmlinuz", tmp_path / "initrd.gz", tmp_path / "initrd-agent.gz")


def test_what_is_written_is_what_the_driver_of_machines_reads(built: small.Small, tmp_path: Path) -> None:
    path = machines.write(
        tmp_path / "web-1", small.specification(built, tmp_path / "web-1", "web-1", agent=True)
    )
    read = spec.read(path)
    assert (read.name, read.memory, read.tb_size, read.agent) == ("web-1", 128, 16, True)
    assert read.initrd == built.agent_initrd
    assert "homeport.name=web-1" in read.append
    assert read.serial_log == tmp_path / "web-1" / "serial.log"


def test_a_debian_s_specification_is_read_too_and_forwards_ssh(tmp_path: Path) -> None:
    fields = {
        "name": "debian-1",
        "memory": debian.MEMORY,
        "network": {"forward": {"ssh": 2201}},
        "agent": True,
    }
    network = spec.read(machines.write(tmp_path, fields)).network
    assert network is not None
    assert network.forward == {2201: 22}


def test_both_urls_are_what_the_hub_and_the_driver_take_even_from_an_odd_folder(tmp_path: Path) -> None:
    path = tmp_path / "my lab" / "machine.json"
    urls.check(machines.serial_url(path))
    assert "/my%20lab/serial.sock?qmp=" in machines.serial_url(path)
    assert urlsplit(machines.machine_url(path)).path.endswith("/my%20lab/machine.json")


def test_the_files_of_the_small_linux_that_run_may_be_run() -> None:
    for name in (
        "init",
        "sbin/system-start",
        "sbin/system-stop",
        "sbin/maintenance",
        "etc/acpi/PWRF/00000080",
    ):
        assert (small.FILES / name).stat().st_mode & stat.S_IXUSR, name


def test_without_apt_it_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        LabError, match=r"There is no apt-cache here: guests are built of Debian's packages\."
    ):
        packages.kernel_packages()
    with pytest.raises(LabError, match="There is no apt-get here"):
        packages.unpacked("busybox-static", tmp_path)
    assert not (tmp_path / "packages" / "busybox-static").exists(), "what failed is not taken for done"


def test_without_root_no_debian_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(LabError, match="needs root"):
        debian.build(tmp_path, print)
    assert list(tmp_path.iterdir()) == []
