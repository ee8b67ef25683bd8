"""One key from a client's socket to the device and back: through the portal, beside websockify in front of the same device."""

import asyncio
import os
import statistics
import sys
import time
from contextlib import ExitStack

from tests.bench.live import peers
from tests.bench.live.browser import chromium
from tests.bench.live.keys import HANDFUL, KEYS, Took, by_bare_calls, by_browser, by_program
from tests.bench.live.programs import running, until
from tests.bench.live.stage import Stage, under_uvicorn
from tests.bench.live.table import print_table
from tests.run.programs import free_port

RATE, UNDER_LOAD = 11_520, 25.0
HELD_TO = {"Homeport under Daphne": "2.0", "Homeport under uvicorn": "1.2"}
LATEST_MS = 20
PEER = "websockify"


def run(on: Stage) -> None:
    with ExitStack() as open_ones:
        ports = relays(on, open_ones)
        in_turn(on, ports)
        if PEER in ports:
            in_a_browser(on, ports[PEER])
        on.busy.tell(seconds=UNDER_LOAD, rate=RATE)
        time.sleep(1)
        busy = by_bare_calls(on, {})
        on.busy.said()
    print_table(
        f"The same by bare calls while 100 other lines print {RATE:,} B/s each, ms",
        ["", "median", "99 %", "99 % held to"],
        [[name, ms(times, 50), ms(times, 99), f"below {LATEST_MS}"] for name, times in busy.items()],
    )


def relays(on: Stage, open_ones: ExitStack) -> dict[str, int]:
    """What is measured beside the product, by name: websockify if there is one, and what the servers cost by themselves."""
    ports = {}
    device, log = on.device("echo"), on.folder / "log" / "peers.log"
    if peers.installed(PEER):
        ports[PEER] = open_ones.enter_context(peers.websockify(on.folder, device))
    daphne, uvicorn = free_port(), free_port()
    bare = "tests.bench.live.bare:application"
    environment = {**os.environ, "DEVICE": str(device)}
    served = (sys.executable, "-m", "daphne", "-v", "0", "-b", "127.0.0.1", "-p", str(daphne), bare)
    for command in (served, under_uvicorn(uvicorn, bare)):
        open_ones.enter_context(running(*command, environment=environment, log=log))
    until(lambda: peers.answers(daphne) and peers.answers(uvicorn), "The bare relays do not answer")
    return {**ports, "bare ASGI relay under Daphne": daphne, "bare ASGI relay under uvicorn": uvicorn}


def in_turn(on: Stage, ports: dict[str, int]) -> None:
    program = asyncio.run(by_program(on, ports))
    bare = by_bare_calls(on, ports)
    print_table(
        f"One key to the device and back, {KEYS:,} keys each, in turn, µs",
        [
            "",
            "a program: median",
            "99 %",
            "÷ websockify",
            "held to",
            "bare calls: median",
            "99 %",
            "÷ websockify",
        ],
        [[name, *cells(name, program), HELD_TO.get(name, ""), *cells(name, bare)] for name in program],
        "ttyd is not in Debian 12, so websockify stands for the bare relays. "
        "The bare ASGI relay has no sign-in, gate, hub or record: it is the server's own share.",
    )


def in_a_browser(on: Stage, relay: int) -> None:
    with chromium() as browser:
        if browser is None:
            return
        took, ratios = by_browser(on, browser, relay)
    print_table(
        f"The same from a page in Chromium, {KEYS:,} keys each, handfuls of {HANDFUL} in turn, µs for one key",
        ["", "median", "÷ websockify in the same page", "held to"],
        [
            [name, f"{statistics.median(times):.0f}", f"{ratios.get(name, 1):.2f}", HELD_TO.get(name, "")]
            for name, times in took.items()
        ],
    )


def cells(name: str, took: Took) -> list[str]:
    times, base = took[name], took.get(PEER)
    ratio = f"{statistics.median(times) / statistics.median(base):.2f}" if base else "-"
    return [f"{percentile(times, 50):.0f}", f"{percentile(times, 99):.0f}", ratio]


def percentile(times: list[float], which: int) -> float:
    return sorted(times)[int(len(times) * which / 100) - 1]


def ms(times: list[float], which: int) -> str:
    return f"{percentile(times, which) / 1000:.2f}"
