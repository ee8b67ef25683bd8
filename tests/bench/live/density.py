"""100 lines at 11,520 bytes a second in 16-byte writes, all recorded: the CPU that the hub, conserver and ConMan need for it, in turn."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.live import feeder, peers
from tests.bench.live.programs import Program, cpu_seconds, helper, resident_mib
from tests.bench.live.table import folder_for, print_table

LINES, RATE, ROUNDS = 100, 11_520, 3
WARM_UP, WINDOW, REST = 2.0, 20.0, 1.0
LIMIT = 16 * 2**20
HELD_TO = 0.6
TOO_LATE_MS = 50

Recorder = Callable[[Path, list[Path]], AbstractContextManager[Program]]


@dataclass
class Seen:
    percent: float
    mib: float
    lost: int
    repeated: int
    latest_ms: float
    held_up: int


@contextmanager
def hub(folder: Path, sockets: list[Path]) -> Iterator[Program]:
    with helper("hub_process", folder / "hub.err") as program:
        lines = [[line_id(at), f"unix://{path}"] for at, path in enumerate(sockets)]
        program.tell(folder=str(folder), lines=lines, limit=LIMIT)
        program.said()
        yield program


def line_id(line: int) -> str:
    return f"line-{line:03}"


def spooled(folder: Path, line: int) -> bytes:
    """All segments of a line, in the order of their offsets."""
    return b"".join(part.read_bytes() for part in sorted((folder / "spool" / line_id(line)).glob("*.log")))


def logged(folder: Path, line: int) -> bytes:
    return (folder / f"{line_id(line)}.log").read_bytes()


RECORDERS: dict[str, tuple[str, Recorder, Callable[[Path, int], bytes]]] = {
    "Homeport's hub": ("", hub, spooled),
    "conserver": ("conserver", peers.conserver, logged),
    "ConMan": ("conmand", peers.conman, logged),
}


def run() -> None:
    wanted = {name: it for name, it in RECORDERS.items() if not it[0] or peers.installed(it[0])}
    seen: dict[str, list[Seen]] = {name: [] for name in wanted}
    for _ in range(ROUNDS):
        for name, (_, recorder, record) in wanted.items():
            seen[name].append(measured(recorder, record))
    print_table(
        f"{LINES} lines at {RATE:,} B/s in 16-byte writes, all recorded ({ROUNDS} rounds of {WINDOW:.0f} s in turn)",
        ["", "CPU, % of one core", "rounds", "MiB", "bytes lost", "hub ÷ this"],
        [row(name, them, seen["Homeport's hub"]) for name, them in seen.items()],
        f"Held to: at most {HELD_TO} of each peer, no byte lost. {feeder_said(seen)}",
    )


def row(name: str, them: list[Seen], ours: list[Seen]) -> list[str]:
    ratio = middle(ours) / middle(them)
    return [
        name,
        f"{middle(them):.1f}",
        " ".join(f"{one.percent:.1f}" for one in them),
        f"{max(one.mib for one in them):.0f}",
        f"{sum(one.lost for one in them)}" + repeats(them),
        f"{ratio:.2f}",
    ]


def repeats(them: list[Seen]) -> str:
    twice = sum(one.repeated for one in them)
    return f" (and {twice} too many)" if twice else ""


def middle(them: list[Seen]) -> float:
    return statistics.median(one.percent for one in them)


def feeder_said(seen: dict[str, list[Seen]]) -> str:
    every = [one for them in seen.values() for one in them]
    latest, held_up = max(one.latest_ms for one in every), sum(one.held_up for one in every)
    said = f"The feeder was late by {latest:.0f} ms at most; {held_up} writes had to wait for a reader."
    return said + (
        " THE MACHINE WAS TOO BUSY for these figures to be compared." if latest > TOO_LATE_MS else ""
    )


def measured(recorder: Recorder, record: Callable[[Path, int], bytes]) -> Seen:
    with (
        folder_for("density") as folder,
        helper("feeder", folder / "feeder.err", str(folder), str(LINES), "numbered") as lines,
    ):
        lines.said()
        with recorder(folder, [feeder.path_of(folder, line) for line in range(LINES)]) as program:
            lines.said()
            lines.tell(seconds=WARM_UP + WINDOW + REST, rate=RATE)
            time.sleep(WARM_UP)
            percent = share(program.pid, WINDOW)
            mib = resident_mib(program.pid)
            fed = lines.said()
            time.sleep(REST)  # the last bytes are on their way to the disk
        lost, repeated = checked(folder, record, fed["units"])
    return Seen(percent, mib, lost, repeated, fed["latest"] * 1000, fed["held_up"])


def share(pid: int, seconds: float) -> float:
    """Percent of one core."""
    before, start = cpu_seconds(pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_seconds(pid) - before) / (time.monotonic() - start) * 100


def checked(folder: Path, record: Callable[[Path, int], bytes], units: int) -> tuple[int, int]:
    """Bytes of every line that its record lacks, and those it has besides (a peer's own remarks are not counted as either)."""
    lost = repeated = 0
    for line in range(LINES):
        expected = b"".join(feeder.numbered(line, number) for number in range(units))
        kept = record(folder, line)
        if kept != expected:
            found = [part for part in kept.split(b"\r\n") if part.startswith(b"%03d " % line)]
            once = {part + b"\r\n" for part in found}
            wanted = {feeder.numbered(line, number) for number in range(units)}
            lost += feeder.UNIT * len(wanted - once)
            repeated += feeder.UNIT * (len(found) - len(once & wanted))
    return lost, repeated
