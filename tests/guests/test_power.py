"""Power and keys of real guests, asked for as a page asks, and seen on the console that stays open meanwhile."""

import asyncio

import pytest

from tests.guests.product import Product
from tests.guests.terminal import PAUSE, PROMPT

pytestmark = pytest.mark.guest

DOWN, END_OF_LINE, BOOT = b"\x1b[B", b"\x05", b"\x18"
REISUB = (rb"Keyboard mode set", rb"Terminate All Tasks", rb"Kill All Tasks", rb"Emergency Sync", rb"Emergency Remount", rb"Resetting")  # fmt: skip


async def test_grub_is_caught_after_a_hard_reset_and_boots_single_user(product: Product) -> None:
    async with product.running("boots") as terminal:
        await terminal.sees(rb"Linux version")
        await product.act("boots", "reset")
        await terminal.sees(rb"GNU GRUB")
        await terminal.sees(rb"single user")
        await terminal.until(lambda: terminal.writes)
        await terminal.type(b"e")
        await terminal.sees(rb"setparams")
        await terminal.sees(rb"initrd")
        await terminal.type(DOWN + DOWN + END_OF_LINE + b" single" + BOOT)
        await terminal.sees(rb"single-user mode")
        await terminal.sees(rb"normal startup\):")
        await asyncio.sleep(PAUSE)
        await terminal.enter(b"homeport")
        await terminal.sees(PROMPT)
        await terminal.says(b"ps | grep -c [g]etty", rb"0\r\n")
        assert terminal.opened == 1, "the console stayed open all the while"
        await product.kept_all("boots")


async def test_the_kernel_hears_sysrq_and_nmi_and_reisub_in_order(product: Product) -> None:
    async with product.running("hears") as terminal:
        await terminal.sees(rb"login: ")
        await product.act("hears", "sysrq", letters="h")
        await terminal.sees(rb"sysrq: HELP")
        await product.act("hears", "nmi")
        await terminal.sees(rb"NMI received for unknown reason")
        await product.act("hears", "sysrq", letters="reisub", pause="1")
        for line in REISUB:
            await terminal.sees(rb"sysrq: [^\r\n]*" + line)
        await terminal.sees(rb"Linux version")
        await terminal.sees(rb"login: ")
        await product.act("hears", "sysrq", letters="b")
        await terminal.sees(rb"Linux version")
        assert terminal.opened == 1


async def test_the_console_lasts_through_reboot_stop_start_and_redeploy_without_a_gap(
    product: Product,
) -> None:
    async with product.running("lasts") as terminal:
        await terminal.logs_in()
        await terminal.enter(b"reboot")
        await terminal.sees(rb"Linux version")
        await terminal.sees(rb"login: ")
        await product.act("lasts", "shut_down")
        await product.until_power("lasts", "stopped")
        await terminal.sees(rb"reboot: Power down")
        for act in ("start", "reset", "redeploy"):
            printed = len(product.spooled("lasts"))
            await product.act("lasts", act)
            await boots_again(product, "lasts", printed)
        await product.kept_all("lasts")
        assert product.spooled("lasts").count(b"Linux version") == 5


async def boots_again(product: Product, vm: str, printed: int) -> None:
    """A new page is let in at once, and is shown that boot from its first line."""
    async with product.terminal(vm) as terminal:
        await terminal.until(lambda: terminal.start is not None)
        terminal.read = printed - (terminal.start or 0)
        await terminal.sees(rb"Linux version")
        await terminal.sees(rb"login: ")
