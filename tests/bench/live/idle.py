"""1,000 lines on which nothing happens: what a hub that holds them all costs."""

from tests.bench.live.density import share
from tests.bench.live.programs import resident_mib
from tests.bench.live.stage import ground
from tests.bench.live.table import print_table

LINES, WINDOW, SETTLING = 1000, 30.0, 12.0
CPU_HELD_TO, MIB_HELD_TO = 2.0, 150


def run() -> None:
    with ground("idle") as on:
        lines, urls = on.feeder("lines", LINES, "numbered")
        hub, _ = on.hub({f"idle-{number:04}": (url, 2**24) for number, url in enumerate(urls)})
        lines.said()
        share(hub.pid, SETTLING)
        percent = share(hub.pid, WINDOW)
        mib = resident_mib(hub.pid)
    print_table(
        f"{LINES:,} idle lines, {WINDOW:.0f} s, `manage.py run_hub` as a whole",
        ["", "measured", "held to"],
        [
            ["CPU, % of one core", f"{percent:.2f}", f"under {CPU_HELD_TO:.0f}"],
            ["resident memory, MiB", f"{mib:.0f}", f"under {MIB_HELD_TO}"],
        ],
    )
