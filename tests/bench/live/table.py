"""What every measurement prints, and where it puts its files."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_for(name: str) -> Iterator[Path]:
    """On a disk, with a path short enough for sockets; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f"homeport-{name}-") as folder:
        yield Path(folder)


def print_table(title: str, head: list[str], rows: list[list[str]], note: str = "") -> None:
    print(f"\n**{title}**\n")
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(row)} |")
    if note:
        print(f"\n{note}")
    print(flush=True)


def machine() -> str:
    model = next(
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return f"{os.cpu_count()} cores of {model}, load {os.getloadavg()[0]:.1f} at the start"


def stolen_ticks() -> list[int]:
    """User, nice, system, idle, iowait, irq, softirq, steal of the whole machine."""
    return [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]


def stolen(before: list[int]) -> str:
    spent = [now - then for now, then in zip(stolen_ticks(), before, strict=True)]
    return (
        f"{spent[7] / sum(spent) * 100:.1f} % of the processor's time was taken by other guests of its host"
    )
