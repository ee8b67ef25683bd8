"""Ends the guests of a folder, as pulling their plugs would. In: the folder of their machines. Out: no process.

They outlive Homeport's own processes; this is for when all of it is meant to stop.
"""

import asyncio
from pathlib import Path

from portal.machines.base import Failed
from portal.machines.qemu.process import Process


def end_all(folder: Path) -> int:
    """How many of them ran."""
    return asyncio.run(_end_all([Process(path.parent) for path in folder.glob("*/machine.json")]))


async def _end_all(processes: list[Process]) -> int:
    running = [process for process in processes if process.alive]
    return sum(await asyncio.gather(*(_end(process) for process in running)))


async def _end(process: Process) -> bool:
    try:
        async with process.alone():
            await process.end()
    except Failed:
        return False
    return True
