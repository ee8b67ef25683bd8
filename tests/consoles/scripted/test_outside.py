"""What is done to a pretended machine reaches the guest on its line: driver and line are two processes, with a folder between them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from consoles.drivers.base import Host
from consoles.drivers.scripted.endpoint import open_scripted
from portal.machines.scripted import ScriptedMachine
from tests.consoles.scripted.terminal import Terminal


@pytest.fixture
async def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Terminal]:
    monkeypatch.setenv("HOMEPORT_VAR", str(tmp_path))
    host = Host(scripts=tmp_path / "run" / "scripted")
    terminal = Terminal(await open_scripted("scripted://linux-login/web-1?speed=0", host))
    yield terminal
    terminal.close()


async def test_a_hard_reset_begins_at_the_firmware_on_the_same_line(played: Terminal) -> None:
    await played.until("login:")
    await ScriptedMachine("scripted://linux-login/web-1").reset()
    await played.until("SeaBIOS")
    await played.until("login:")


async def test_an_interrupt_is_seen_by_the_kernel(played: Terminal) -> None:
    await played.until("login:")
    await ScriptedMachine("scripted://linux-login/web-1").interrupt()
    await played.until("NMI received for unknown reason")


async def test_a_machine_without_a_line_is_reset_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEPORT_VAR", str(tmp_path))
    await asyncio.wait_for(ScriptedMachine("scripted://linux-login/web-2").reset(), 1)


async def test_its_socket_goes_with_the_line(tmp_path: Path) -> None:
    endpoint = await open_scripted("scripted://silent/web-1", Host(scripts=tmp_path))
    assert (tmp_path / "web-1.sock").exists()
    endpoint.close()
    assert not (tmp_path / "web-1.sock").exists()
