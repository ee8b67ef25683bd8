"""Twenty small guests on one machine, started, used and stopped through the product. Prints the figures of docs/performance.md."""

import asyncio
import time
from pathlib import Path

import psutil
import pytest

from portal.lab import small
from portal.machines.qemu.process import Process
from tests.guests.conftest import write_small
from tests.guests.product import Product
from tests.lab.conftest import MakeProduct

pytestmark = [pytest.mark.guest, pytest.mark.lab]

COUNT = 20
BOOT = 600.0
BOUND = 8 * 1024**3  # bytes of memory
MIB = 1024 * 1024


async def test_twenty_small_guests_start_run_and_stop_through_the_product(
    built_small: small.Small, guests: Path, make_product: MakeProduct
) -> None:
    names = [f"small-{number}" for number in range(1, COUNT + 1)]
    product = make_product({name: write_small(built_small, guests, name) for name in names})
    await product.up()
    began = time.monotonic()
    await each(product, names, "start")
    started = time.monotonic() - began
    await asyncio.gather(*(printed(product, name, b"login: ") for name in names))
    booted = time.monotonic() - began

    memory = [psutil.Process(pid_of(guests / name)).memory_info().rss for name in names]
    assert sum(memory) < BOUND
    assert all([(await product.machine(name))["power"] == "running" for name in names])
    began = time.monotonic()
    await each(product, names, "shut_down")
    stopped = time.monotonic() - began
    assert all([(await product.machine(name))["power"] == "stopped" for name in names])
    began = time.monotonic()
    await each(product, names, "deallocate")
    deallocated = time.monotonic() - began
    assert not any(Process(guests / name).alive for name in names)
    for name in names:
        await product.kept_all(name)
    print(
        f"{COUNT} guests: all started {started:.0f} s, all at their login {booted:.0f} s, shut down {stopped:.0f} s, "
        f"deallocated {deallocated:.0f} s; {sum(memory) / MIB:.0f} MiB, {max(memory) / MIB:.0f} MiB the largest"
    )


async def each(product: Product, names: list[str], kind: str) -> None:
    """Asked for at once, as by one person who selected all."""
    asked = [await product.ask(name, kind) for name in names]
    assert {status for status, _told in asked} == {202}, asked
    ended = [
        await product.ended(name, told["operation"]["id"], BOOT)
        for name, (_s, told) in zip(names, asked, strict=True)
    ]
    assert {one["state"] for one in ended} == {"succeeded"}, ended


async def printed(product: Product, vm: str, text: bytes) -> None:
    end = time.monotonic() + BOOT
    while text not in product.spooled(vm):
        assert time.monotonic() < end
        await asyncio.sleep(0.5)


def pid_of(folder: Path) -> int:
    return int((folder / "qemu.pid").read_text())
