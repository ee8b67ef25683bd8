"""100 watchers of one line at 11,520 bytes a second, through the web: the CPU of web and hub together, and the worst lag of any watcher.

What the machine prints is the time at which it prints it.
"""

import selectors
import threading
import time
from dataclasses import dataclass, field

from tests.bench.live.clients import Page
from tests.bench.live.density import share
from tests.bench.live.stage import Stage
from tests.bench.live.table import print_table

WATCHERS, RATE, WARM_UP, WINDOW, REST = 100, 11_520, 2.0, 15.0, 1.0
STAMP = 16
CPU_HELD_TO, LAG_HELD_TO = 100, 250


@dataclass
class Lags:
    """Of the oldest stamp in each message, in ms."""

    worst: list[float] = field(default_factory=lambda: [0.0] * WATCHERS)
    every: list[float] = field(default_factory=list)
    bytes: list[int] = field(default_factory=lambda: [0] * WATCHERS)


def run(on: Stage) -> None:
    watchers = [on.page("fan", mode="watch", page=f"watcher-{number:03}") for number in range(WATCHERS)]
    for watcher in watchers:
        watcher.ack_every = 1  # as a page does that has drawn all it got
    lags, over = Lags(), threading.Event()
    on.stamped.tell(seconds=WARM_UP + WINDOW + REST, rate=RATE)
    listening = threading.Thread(target=listen, args=(watchers, lags, time.monotonic() + WARM_UP, over))
    listening.start()
    time.sleep(WARM_UP)
    shares: dict[int, float] = {}
    readers = [
        threading.Thread(target=lambda pid=pid: shares.update({pid: share(pid, WINDOW)}))
        for pid in (on.hub.pid, on.web.pid)
    ]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    on.stamped.said()
    time.sleep(REST)
    over.set()
    listening.join()
    for watcher in watchers:
        watcher.close()
    hub, web = shares[on.hub.pid], shares[on.web.pid]
    lags.every.sort()
    print_table(
        f"{WATCHERS} watchers of one line at {RATE:,} B/s through the web",
        ["", "measured", "held to"],
        [
            [
                "CPU of hub and web, % of one core",
                f"{hub:.0f} + {web:.0f} = {hub + web:.0f}",
                f"under {CPU_HELD_TO}",
            ],
            ["lag, median ms", f"{lags.every[len(lags.every) // 2]:.0f}", ""],
            ["lag, 99 % ms", f"{lags.every[int(len(lags.every) * 0.99)]:.0f}", ""],
            ["lag, worst of any watcher ms", f"{max(lags.worst):.0f}", f"at most {LAG_HELD_TO}"],
            ["bytes, least of any watcher of most", f"{min(lags.bytes) / max(lags.bytes):.3f}", ""],
        ],
    )


def listen(watchers: list[Page], lags: Lags, counted_from: float, over: threading.Event) -> None:
    with selectors.DefaultSelector() as waiting:
        for number, watcher in enumerate(watchers):
            waiting.register(watcher.socket.peer, selectors.EVENT_READ, number)
        while not over.is_set():
            for key, _ in waiting.select(timeout=0.1):
                heard(watchers[key.data], key.data, lags, counted_from)


def heard(watcher: Page, number: int, lags: Lags, counted_from: float) -> None:
    for data in watcher.at_hand():
        offset = watcher.offset - len(data)
        at = -offset % STAMP
        stamp = bytes(data[at : at + STAMP - 2])
        lags.bytes[number] += len(data)
        now = time.monotonic()
        if len(stamp) == STAMP - 2 and now > counted_from:
            lag = now * 1000 - int(stamp) / 1000
            lags.worst[number] = max(lags.worst[number], lag)
            lags.every.append(lag)
