"""A machine that prints 40 MB as fast as they are taken: one viewer at the hub's own socket, one through the web, websockify beside them.

Every byte is compared at the viewer, and in the spool what its window keeps.
"""

import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.bench.live import peers
from tests.bench.live.clients import AtTheHub, Bare, Talk
from tests.bench.live.devices import PRINT, text
from tests.bench.live.programs import until
from tests.bench.live.stage import Stage
from tests.bench.live.table import print_table

SIZE, ROUNDS = 40_000_000, 5
MIB = 1024 * 1024
WINDOW, SEGMENT = 64 * MIB, 5 * MIB  # HOMEPORT_SPOOL_MIB as it is by default, and more than a segment of it
HELD_TO = 100
LINES = ("bulk-hub", "bulk-daphne", "bulk-uvicorn")
WEBSOCKIFY = "websockify, which records nothing"


def run(on: Stage) -> None:
    expected = text(SIZE)
    speeds: dict[str, list[float]] = {}
    with ExitStack() as open_ones:
        makers = ends(on, open_ones)
        for number in range(1 + ROUNDS):
            for name, make in makers.items():
                end = make()
                found = speed(end, expected)
                end.close()
                if number:  # in the first round the device makes up its text
                    speeds.setdefault(name, []).append(found)
    print_table(
        f"A machine prints {SIZE // 10**6} MB at once ({ROUNDS} rounds in turn), MB/s",
        ["", "median", "slowest", "fastest", "held to", "÷ websockify"],
        [row(name, speeds) for name in speeds],
        f"Compared at each viewer. {kept(on, expected * (1 + ROUNDS))}",
    )


def ends(on: Stage, open_ones: ExitStack) -> "dict[str, Callable[[], Talk | Bare]]":
    """Made when their turn has come: whoever is attached is sent what the machine prints."""
    line = on.vms["bulk-hub"]["line"]
    found: dict[str, Callable[[], Talk | Bare]] = {
        "at the hub's own socket": lambda: AtTheHub(on.hub_socket, line).until_attached(),
        "through the web, Daphne": lambda: on.page("bulk-daphne"),
        "through the web, uvicorn": lambda: on.page("bulk-uvicorn", on.uvicorn),
    }
    if peers.installed("websockify"):
        port = open_ones.enter_context(peers.websockify(on.folder, on.device("bulk")))
        found[WEBSOCKIFY] = lambda: Bare(port)
    return found


def row(name: str, speeds: dict[str, list[float]]) -> list[str]:
    them, base = speeds[name], speeds.get(WEBSOCKIFY)
    ratio = f"{statistics.median(them) / statistics.median(base):.2f}" if base else "-"
    held_to = "" if name == WEBSOCKIFY else f"at least {HELD_TO}"
    return [
        name,
        *[f"{speed:.0f}" for speed in (statistics.median(them), min(them), max(them))],
        held_to,
        ratio,
    ]


def kept(on: Stage, whole: bytes) -> str:
    """Of each line the spool keeps the newest, to a segment less than its window."""
    until(lambda: all(whole.endswith(on.recorded(vm)) for vm in LINES), "The spool holds something else", 10)
    least = min(len(on.recorded(vm)) for vm in LINES)
    if least < min(WINDOW - SEGMENT, len(whole)):
        return f"THE SPOOL LACKS BYTES: it holds {least / MIB:.0f} MiB of a line."
    return f"The spool holds every byte of its window: the last {least / MIB:.0f} MiB of each line."


def speed(end: "Talk | Bare", expected: bytes) -> float:
    """The clock starts with the key that makes it print."""
    parts, missing = [], len(expected)
    start = time.perf_counter()
    end.key(PRINT + b"%d" % len(expected))
    while missing > 0:
        parts.append(end.output())
        missing -= len(parts[-1])
    took = time.perf_counter() - start
    if b"".join(parts) != expected:
        raise ValueError("what arrived is not what was printed")
    return len(expected) / took / 1e6
