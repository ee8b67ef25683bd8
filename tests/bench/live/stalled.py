"""Two viewers of one line through the web, and one stops reading: what the other feels, and what the hub and the web keep for the first."""

import statistics
import time

from tests.bench.live.clients import Page, microseconds
from tests.bench.live.devices import PRINT
from tests.bench.live.programs import resident_mib
from tests.bench.live.stage import Stage
from tests.bench.live.table import print_table

KEYS, ROUNDS, PRINTED = 500, 4, 8 * 2**20
MOVED_HELD_TO, MIB_HELD_TO = 10, 1.0


def run(on: Stage) -> None:
    writer = on.page("stall")
    fetch(writer)  # buffers and caches are as large as they get
    reading: list[float] = []
    stalled: list[float] = []
    grown = {"hub": 0.0, "web": 0.0}
    for number in range(ROUNDS):
        other = on.page("stall", mode="watch", page=f"stalled-{number}")
        reading += with_a_reader(writer, other)
        before = memory(on)
        fetch(writer)  # which the other one does not take
        stalled += microseconds(writer, KEYS)
        for name, mib in memory(on).items():
            grown[name] = max(grown[name], mib - before[name])
        other.close()
    writer.close()
    print_table(
        f"One of two viewers stops reading while {PRINTED // 2**20} MiB are printed",
        ["", "measured", "held to"],
        rows(statistics.median(reading), statistics.median(stalled), grown),
    )


def rows(reading: float, stalled: float, grown: dict[str, float]) -> list[list[str]]:
    moved = (stalled / reading - 1) * 100
    return [
        ["echo of the other while both read, median µs", f"{reading:.0f}", ""],
        [
            "echo of the other while one is stalled, median µs",
            f"{stalled:.0f} ({moved:+.0f} %)",
            f"moves less than {MOVED_HELD_TO} %",
        ],
        ["memory of the hub grew by, MiB", f"{grown['hub']:.2f}", f"less than {MIB_HELD_TO:.0f}"],
        ["memory of the web grew by, MiB", f"{grown['web']:.2f}", ""],
    ]


def with_a_reader(writer: Page, other: Page) -> list[float]:
    """The other one reads all along, after each handful of keys."""
    took = []
    for _ in range(KEYS // 50):
        took += microseconds(writer, 50)
        while other.offset < writer.offset:
            other.output()
    return took


def fetch(page: Page) -> None:
    end = page.offset + PRINTED
    page.key(PRINT + b"%d" % PRINTED)
    while page.offset < end:
        page.output()
    time.sleep(0.2)


def memory(on: Stage) -> dict[str, float]:
    return {"hub": resident_mib(on.hub.pid), "web": resident_mib(on.web.pid)}
