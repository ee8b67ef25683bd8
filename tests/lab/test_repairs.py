"""Debians that are broken on purpose, repaired by typing on their serial consoles, as docs/lab.md tells it. Afterwards SSH works."""

import asyncio
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.lab.broken import VARIANTS
from tests.guests.product import Product
from tests.guests.terminal import PAUSE, Terminal

pytestmark = [pytest.mark.guest, pytest.mark.lab]

BOOT = 400.0  # seconds, on a machine that has other things to do
SHELL = rb"[\w-]+:[^\r\n]*# "


async def signs_in(terminal: Terminal, variant: str) -> None:
    """A boot that ends in emergency mode asks for root's password, every other for a name."""
    if variant == "fstab":
        await terminal.sees(rb"Press Enter for maintenance|root password for maintenance", BOOT)
        await terminal.sees(rb"Control-D to continue\): ", BOOT)
        await asyncio.sleep(3 * PAUSE)
        await terminal.enter(b"homeport")
        await terminal.sees(SHELL)
    else:
        await terminal.sees(rb"login: ", BOOT)
        terminal.read -= len(b"login: ")
        await terminal.logs_in(prompt=SHELL)


@pytest.mark.parametrize("variant", VARIANTS)
async def test_a_broken_debian_is_repaired_on_its_console_and_ssh_works_again(
    variant: str,
    debian_guest: Callable[[str], tuple[Path, int]],
    make_product: Callable[[dict[str, Path]], Product],
) -> None:
    path, port = debian_guest(variant)
    name = path.parent.name
    product = make_product({name: path})
    async with product.running(name) as terminal:
        await signs_in(terminal, variant)
        assert await asyncio.to_thread(ssh, port, 15) != "Linux"
        *steps, last = VARIANTS[variant].repair
        for command in steps:
            await terminal.enter(command.encode() + b"; echo status=$?")
            assert (await terminal.sees(rb"status=(\d+)\r\n"))[1] == b"0", command
            await terminal.sees(SHELL)
        await terminal.enter(last.encode())
        await answers(port)
        assert terminal.opened == 1


async def answers(port: int) -> None:
    async with asyncio.timeout(BOOT):
        while await asyncio.to_thread(ssh, port, 30) != "Linux":
            await asyncio.sleep(1)


def ssh(port: int, seconds: int) -> str:
    """What the guest says its kernel is, or nothing. The password comes from a program, as ssh has no option for it."""
    environment = {**os.environ, "SSH_ASKPASS": str(PASSWORD), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":"}
    options = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"]
    patient = ["-o", f"ConnectTimeout={seconds}", "-o", "NumberOfPasswordPrompts=1"]
    command = ["ssh", *options, *patient, "-p", str(port), "operator@127.0.0.1", "uname"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return done.stdout.strip()


PASSWORD = Path(__file__).parent / "password"
