"""Attaching to a line with 1 MiB of scrollback: until all of it has arrived at a client, and until a real browser has drawn it."""

import statistics
import time

from playwright.sync_api import Browser

from tests.bench.live.browser import chromium, console, noted
from tests.bench.live.devices import PRINT
from tests.bench.live.programs import until
from tests.bench.live.stage import Stage
from tests.bench.live.table import print_table

SIZE, ROUNDS, SHOWN = 2**20, 15, 9
HELD_TO = 300


def run(on: Stage) -> None:
    fill(on)
    rows = [
        [
            f"arrived at a client, {name}",
            *figures([until_arrived(on, port) for _ in range(ROUNDS)]),
            str(HELD_TO),
        ]
        for name, port in (("Daphne", on.daphne), ("uvicorn", on.uvicorn))
    ]
    with chromium() as browser:
        if browser:
            until_drawn(on, browser)  # it keeps the page's files from now on
            drawn = [until_drawn(on, browser) for _ in range(SHOWN)]
            rows.append(["arrived in Chromium", *figures([one[0] for one in drawn]), ""])
            rows.append(["drawn in Chromium", *figures([one[1] for one in drawn]), str(HELD_TO)])
            rows.append(["drawn, with the loading of the page", *figures([one[2] for one in drawn]), ""])
    print_table(
        "Attach with 1 MiB of scrollback, ms from the socket's opening, sign-in and gate included",
        ["", "median", "fastest", "slowest", "held to"],
        rows,
        "Chromium draws without a graphics card here.",
    )


def fill(on: Stage) -> None:
    page = on.page("scroll")
    page.key(PRINT + b"%d" % (2 * SIZE))
    until(lambda: len(on.recorded("scroll")) >= 2 * SIZE, "The machine printed nothing")
    page.close()


def until_arrived(on: Stage, port: int) -> float:
    """From the first byte of the handshake to the last one of the log."""
    start = time.perf_counter()
    page = on.page("scroll", port, mode="watch", tail=SIZE)
    while page.offset < page.attached["live"]:
        page.output()
    took = time.perf_counter() - start
    page.close()
    if page.attached["live"] - page.attached["from"] < SIZE - 4096:
        raise ValueError("less than the scrollback arrived")
    return took * 1000


def until_drawn(on: Stage, browser: Browser) -> tuple[float, float, float]:
    with console(on, browser, "scroll") as page:
        until(lambda: noted(page)["drawn"] > 0, "Chromium has drawn nothing")
        found = noted(page)
    return found["arrived"] - found["opened"], found["drawn"] - found["opened"], found["drawn"]


def figures(times: list[float]) -> list[str]:
    return [f"{value:.0f}" for value in (statistics.median(times), min(times), max(times))]
