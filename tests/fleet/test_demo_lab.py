"""The demonstration where real guests can be had: rows that lead to them, and the start of those that run with Homeport."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from portal.fleet.demo import lab
from portal.fleet.models import Operation, VirtualMachine
from portal.lab import small
from portal.machines.qemu import spec
from tests.guests.conftest import CACHE, built_small  # noqa: F401

pytestmark = pytest.mark.guest


@pytest.fixture
def var(built_small: small.Small, settings: Any) -> Iterator[Path]:  # noqa: F811
    """Short, since guests have sockets there."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder:
        (Path(folder) / "lab-cache").symlink_to(CACHE)
        settings.VAR_DIR, settings.LAB = Path(folder), True
        yield Path(folder)


def say() -> str:
    out = io.StringIO()
    call_command("demo_create", stdout=out)
    return out.getvalue()


def real() -> dict[str, VirtualMachine]:
    return {vm.name: vm for vm in VirtualMachine.objects.filter(machine_url__startswith="qemu://")}


def test_its_machines_are_real_and_some_are_started(var: Path, db: None) -> None:
    said = say()
    assert "root and operator sign in with the password homeport" in said
    assert real().keys() >= lab.SMALL.keys()
    for name, vm in real().items():
        read = spec.read(var / "lab" / name / "machine.json")
        assert read.name == name
        assert vm.ports.get().url.startswith(f"unix://{read.socket('serial')}?qmp=")
        assert vm.power_state == "deallocated"
    assert set(Operation.objects.values_list("vm__name", "kind")) == {(name, "start") for name in lab.RUNNING}


def test_again_it_keeps_disks_and_rows(var: Path, db: None) -> None:
    say()
    disk = var / "lab" / "web-1" / "disk.img"
    before, written = sorted(real()), disk.stat().st_mtime_ns
    assert "still there" in say()
    assert (sorted(real()), disk.stat().st_mtime_ns) == (before, written)


def test_what_is_turned_off_is_scripted(var: Path, db: None, settings: Any) -> None:
    settings.LAB = False
    assert "only pretended" in say()
    assert not real()
    assert not (var / "lab").exists()


def test_where_a_socket_s_path_would_be_too_long_they_are_scripted(
    var: Path, db: None, settings: Any
) -> None:
    settings.VAR_DIR = var / ("long" * 25)
    settings.VAR_DIR.mkdir()
    (settings.VAR_DIR / "lab-cache").symlink_to(CACHE)
    assert "only pretended" in say()
    assert not real()
