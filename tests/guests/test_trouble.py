"""What a real kernel prints when it ends, seen by the product while it is printed."""

import asyncio
import time

import pytest

from tests.guests.product import Product

pytestmark = pytest.mark.guest

SOON = 2.0  # seconds from the text to the badge


async def test_a_panic_is_recognised_within_two_seconds_and_a_reset_clears_it(product: Product) -> None:
    async with product.running("panics") as terminal:
        await terminal.logs_in()
        assert (await product.machine("panics"))["trouble"] is None
        await terminal.enter(b"echo c > /proc/sysrq-trigger")
        await terminal.sees(rb"Kernel panic - not syncing")
        seen = time.monotonic()
        while not (trouble := (await product.machine("panics"))["trouble"]):
            assert time.monotonic() - seen < SOON
            await asyncio.sleep(0.05)
        assert trouble["kind"] == "panic"
        await product.act("panics", "reset")
        await terminal.sees(rb"login: ")
        assert (await product.machine("panics"))["trouble"] is None
        assert terminal.opened == 1
