"""What is done to a running process's machine by its monitor. In: a monitor. Out: done, seen in its status, or a Failed.

The process and its sockets stay throughout: a stopped machine is one whose next instruction is its first.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

from portal.machines.base import REFUSED, SILENT, Failed, State
from portal.machines.qemu.qmp import Monitor

RUNNING = {"running", "debug"}
OFF = {"prelaunch", "shutdown"}
# it stands still, with what it was doing in its memory
STANDING = {"paused", "suspended", "io-error", "guest-panicked", "internal-error", "watchdog", "postmigrate"}
RESET_FIRST = {"shutdown", "guest-panicked", "internal-error"}
LINE_HELD, SETTLED = 3.0, 5.0  # seconds
AGAIN = 0.05


def known(status: str) -> State:
    if status in RUNNING:
        return State.RUNNING
    return State.STOPPED if status in OFF | STANDING else State.UNKNOWN


async def run(monitor: Monitor) -> None:
    status = await monitor.status()
    if status in RUNNING:
        return
    if status == "suspended":
        await monitor.ask("system_wakeup")
    else:
        await _line_held(monitor)
        if status in RESET_FIRST:
            await _cleared(monitor)
        await monitor.ask("cont")
    await _settled(monitor, RUNNING)


async def shut_down(monitor: Monitor) -> None:
    if await monitor.status() in OFF:
        return
    # else a QEMU that was started without -no-shutdown would end, and nothing could start it again
    await monitor.ask("set-action", shutdown="pause")
    await monitor.ask("system_powerdown")


async def power_off(monitor: Monitor) -> None:
    if await monitor.status() in OFF:
        return
    await monitor.ask("stop")
    await _cleared(monitor)


async def reset(monitor: Monitor) -> None:
    status = await monitor.status()
    if status in OFF:
        raise Failed(REFUSED, "the machine is stopped")
    if status in RUNNING:
        await monitor.ask("system_reset")
    else:
        await _cleared(monitor)
        await monitor.ask("cont")


async def interrupt(monitor: Monitor) -> None:
    await _must_run(monitor)
    await monitor.ask("inject-nmi")


async def press(monitor: Monitor, keys: Sequence[str]) -> None:
    await _must_run(monitor)
    await monitor.ask("send-key", keys=[{"type": "qcode", "data": key} for key in keys])


async def has_display(monitor: Monitor) -> bool:
    buses: list[dict[str, Any]] = await monitor.ask("query-pci")
    classes = [device["class_info"]["class"] for bus in buses for device in bus["devices"]]
    return any(number >> 8 == 0x03 for number in classes)  # PCI's class of display controllers


async def _must_run(monitor: Monitor) -> None:
    if await monitor.status() not in RUNNING:
        raise Failed(REFUSED, "the machine is stopped")


async def _cleared(monitor: Monitor) -> None:
    """A machine that stands still, back before its first instruction."""
    await monitor.ask("system_reset")
    await _settled(monitor, {"prelaunch"})


async def _settled(monitor: Monitor, wanted: set[str]) -> None:
    end = time.monotonic() + SETTLED
    while (status := await monitor.status()) not in wanted:
        if time.monotonic() > end:
            raise Failed(SILENT, f"QEMU stays {status}")
        await asyncio.sleep(AGAIN)


async def _line_held(monitor: Monitor) -> None:
    """Returns when somebody holds every serial port that is a socket, or after a while."""
    end = time.monotonic() + LINE_HELD
    while time.monotonic() < end:
        ports = [one for one in await monitor.ask("query-chardev") if "serial" in one["label"]]
        if not any(one["filename"].startswith("disconnected:") for one in ports):
            return
        await asyncio.sleep(AGAIN)
