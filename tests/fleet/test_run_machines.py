"""The process that follows machines, for real: beside it Redis and the database come and go, and it ends when it is told to."""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from tests.consoles.hub_process.place import Place
from tests.run.programs import Program

PATIENCE, ENDS = 40.0, 10.0
HINTED = 4.5  # its timer is five seconds


def puts(place: Place, state: str, name: str = "web-1") -> None:
    file = place.var / "scripted" / f"{name}.json"
    file.parent.mkdir(exist_ok=True)
    fresh = file.with_suffix(".fresh")
    fresh.write_text(json.dumps({"state": state, "until": None}))
    fresh.replace(file)


def until(known: Callable[[], Any], wanted: Any) -> float:
    began = time.monotonic()
    while (found := known()) != wanted:
        assert time.monotonic() < began + PATIENCE, f"{found!r} and not {wanted!r}"
        time.sleep(0.05)
    return time.monotonic() - began


def power(place: Place) -> Callable[[], Any]:
    return lambda: place.do("known", name="web-1")["power"]


def add(place: Place, name: str = "web-1") -> None:
    place.do("add", name=name, url="loop://")
    place.do("machine", name=name, url=f"scripted://linux-login/{name}")


def ends(program: Program) -> int:
    began = time.monotonic()
    program.process.send_signal(signal.SIGTERM)
    code = program.ended()
    assert time.monotonic() - began < ENDS
    assert not any("Traceback" in line for line in program.rest())
    assert not any("Traceback" in line for line in program.seen)
    return code


@contextmanager
def locked(place: Place) -> Iterator[None]:
    """Somebody else writes for longer than anybody waits."""
    with closing(sqlite3.connect(place.var / "homeport.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_it_follows_a_machine_from_when_it_is_added_until_it_is_told_to_end(place: Place) -> None:
    place.redis()
    machines = place.machines()
    machines.until("machines_up")
    add(place)
    assert until(power(place), "running") < HINTED
    assert "power" in place.do("known", name="web-1")["can"]
    puts(place, "stopped")
    assert until(power(place), "stopped") < HINTED
    assert ends(machines) == 0


def test_it_works_on_while_redis_is_dead(place: Place) -> None:
    redis = place.redis()
    add(place)
    machines = place.machines()
    until(power(place), "running")
    os.kill(redis.process.pid, signal.SIGKILL)
    redis.ended()
    puts(place, "stopped")
    until(power(place), "stopped")
    assert ends(machines) == 0


def test_it_starts_and_ends_without_redis(place: Place) -> None:
    add(place)
    machines = place.machines()
    until(power(place), "running")
    assert ends(machines) == 0


def test_it_writes_down_later_what_it_saw_while_the_database_was_away(place: Place) -> None:
    place.redis()
    add(place)
    machines = place.machines()
    until(power(place), "running")
    files = list(place.var.glob("homeport.sqlite3*"))
    for file in files:
        file.rename(place.var / f"aside-{file.name}")
    (place.var / "homeport.sqlite3").mkdir()
    puts(place, "stopped")
    machines.until("database_away")
    (place.var / "homeport.sqlite3").rmdir()
    for file in files:
        (place.var / f"aside-{file.name}").rename(file)
    machines.until("database_back")
    until(power(place), "stopped")
    assert ends(machines) == 0
    assert sum("database_away" in line for line in machines.seen) == 1


def test_it_ends_in_time_though_it_waits_for_the_database(place: Place) -> None:
    place.redis()
    add(place)
    machines = place.machines()
    until(power(place), "running")
    with locked(place):
        puts(place, "stopped")
        time.sleep(1.5)  # until it has seen that, and stands before the lock
        ends(machines)


def test_a_second_one_on_the_same_host_refuses_to_start(place: Place) -> None:
    place.redis()
    first = place.machines()
    first.until("machines_up")
    second = place.machines()
    assert second.ended() == 3
    assert "Another process follows the machines of local." in second.rest()[-1]
    assert ends(first) == 0
