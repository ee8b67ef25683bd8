"""Ctrl-C while a machine prints `y` without end: until the screen of a real browser stands still."""

import statistics
import time

from playwright.sync_api import Page

from tests.bench.live.attach import figures
from tests.bench.live.browser import chromium, console, noted
from tests.bench.live.programs import until
from tests.bench.live.stage import Stage
from tests.bench.live.table import print_table

ROUNDS, RUNNING, STILL = 7, 2.0, 0.5
RUNNING_BYTES = 64 * 1024  # more than what the last Ctrl-C left to draw
HELD_TO = 200


def run(on: Stage) -> None:
    with chromium() as browser:
        if browser is None:
            return
        with console(on, browser, "yes") as page:
            until(lambda: noted(page)["attached"] > 0, "The page is not attached")
            page.locator(".xterm-helper-textarea").focus()
            times, speeds, after = zip(*[until_still(page) for _ in range(ROUNDS)], strict=True)
    print_table(
        "Ctrl-C during `yes`, in Chromium, ms until the screen stands still",
        ["", "median", "fastest", "slowest", "held to"],
        [["under Daphne", *figures(list(times)), str(HELD_TO)]],
        f"Until then it drew {statistics.median(speeds):.1f} MB/s; after the key another "
        f"{statistics.median(after) / 1024:.0f} KiB.",
    )


def until_still(page: Page) -> tuple[float, float, float]:
    before = noted(page)["offset"]
    page.keyboard.press("Control+y")
    until(lambda: noted(page)["offset"] > before + RUNNING_BYTES, "The machine prints nothing")
    before = noted(page)["offset"]
    time.sleep(RUNNING)
    drawn = (noted(page)["offset"] - before) / RUNNING / 1e6
    page.keyboard.press("Control+c")
    return stopped(page), drawn, drawn_after(page)


def drawn_after(page: Page) -> float:
    """Bytes, without those that were passed over."""
    found = noted(page)
    return found["offset"] - found["pressedAt"] - found["skipped"]


def stopped(page: Page) -> float:
    """When nothing was drawn for a while, the last drawing counts."""
    last = noted(page)
    while True:
        time.sleep(STILL)
        now = noted(page)
        if now["lastDrawn"] == last["lastDrawn"]:
            return now["lastDrawn"] - now["pressed"]
        last = now
