"""A picture of the display. In: a monitor. Out: a PNG that QEMU wrote into memory; no file lies anywhere, whoever QEMU runs as."""

import os

from portal.machines.base import CANNOT, REFUSED, Failed
from portal.machines.qemu.qmp import Monitor

LARGEST = 4 * 1024 * 1024
SET = 7390  # always the same: QEMU does not forget a set that it wrote to
SIGNATURE = b"\x89PNG\r\n\x1a\n"


async def picture(monitor: Monitor) -> bytes:
    memory = os.memfd_create("screen")
    try:
        await _drawn(monitor, memory)
        png = os.pread(memory, LARGEST + 1, 0)
    finally:
        os.close(memory)
    if len(png) > LARGEST or not png.startswith(SIGNATURE):
        raise Failed(REFUSED, "QEMU gave no picture, or one that is too large")
    return png


async def _drawn(monitor: Monitor, memory: int) -> None:
    # QEMU writes to what was opened for writing only
    writing = os.open(f"/proc/self/fd/{memory}", os.O_WRONLY)
    try:
        monitor.send_fd(writing)
        await monitor.ask("add-fd", **{"fdset-id": SET})
    finally:
        os.close(writing)
    try:
        await monitor.ask("screendump", filename=f"/dev/fdset/{SET}", format="png")
    except Failed as failed:
        if "no console" in failed.reason:
            raise Failed(CANNOT, "the machine has no display") from failed
        raise
    finally:
        await monitor.ask("remove-fd", **{"fdset-id": SET})
