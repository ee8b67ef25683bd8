"""`python -m tests.bench live [measurement …]`: what the live console costs and how fast it is, beside its peers, in one run."""

from collections.abc import Callable

from tests.bench.live import attach, bulk, density, echo, fanout, idle, interrupt, stalled
from tests.bench.live.stage import Stage, open_stage
from tests.bench.live.table import machine, stolen, stolen_ticks

ALONE: dict[str, Callable[[], None]] = {"density": density.run, "idle": idle.run}
ON_STAGE: dict[str, Callable[[Stage], None]] = {
    "echo": echo.run,
    "bulk": bulk.run,
    "interrupt": interrupt.run,
    "attach": attach.run,
    "fanout": fanout.run,
    "stalled": stalled.run,
}
NAMES = [*ALONE, *ON_STAGE]


def run(wanted: list[str]) -> None:
    before = stolen_ticks()
    print(f"\nThe live console, on {machine()}.", flush=True)
    for name in wanted:
        if name in ALONE:
            ALONE[name]()
    if set(wanted) & set(ON_STAGE):
        with open_stage() as on:
            for name in wanted:
                if name in ON_STAGE:
                    ON_STAGE[name](on)
    print(f"In the whole run, {stolen(before)}.", flush=True)
