"""Acts from the asking to the end through real workers, a real queue and a database of their own; and what becomes of them when something dies."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psutil
import psycopg
import pytest
from django.db import connection

from portal.run import plan
from portal.run.options import Options
from tests.consoles.hub_process.place import Place, furnish, wait
from tests.run.programs import CHECKOUT, Program, running

PATIENCE = 20.0


class Acts(Place):
    HANDS = "tests.fleet.operation_hands"

    def workers(self) -> Program:
        """As the supervisor starts them."""
        spec = next(one for one in plan.processes(Options(var=self.var)) if one.name == "acts")
        return self._left.enter_context(running(*spec.command, **self.environment))

    def ended(self, operation: str) -> dict[str, Any]:
        return self.until(operation, lambda told: told["state"] not in ("waiting", "running"))

    def until(self, operation: str, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE
        while not condition(told := self.do("told", operation=operation)):
            assert time.monotonic() < deadline, told
            time.sleep(0.05)
        return dict(told)

    def below(self, program: Program) -> set[psutil.Process]:
        """The workers' children: a scheduler from the beginning, and the processes in which jobs run."""
        workers = psutil.Process(program.process.pid).children()
        return {child for worker in workers for child in worker.children()}


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """A migrated database on the server of the other tests, where that is PostgreSQL: each test here has a copy."""
    if connection.vendor != "postgresql":
        yield ""
        return
    with fresh_postgres() as (url, name):
        command = (sys.executable, "manage.py", "migrate", "-v", "0")
        subprocess.run(command, cwd=CHECKOUT, env={**os.environ, "DATABASE_URL": url}, check=True)
        yield name


@pytest.fixture
def acts(database: Path, template: str) -> Iterator[Acts]:
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:
        furnish(Path(folder), database)
        made = Acts(Path(folder), left)
        if template:
            made.environment["DATABASE_URL"], _name = left.enter_context(fresh_postgres(template))
        yield made


@contextmanager
def fresh_postgres(template: str = "template1") -> Iterator[tuple[str, str]]:
    server, name = os.environ["DATABASE_URL"], f"acts_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}")), name
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_workers_do_what_is_asked_and_what_waits_or_dies_holds_nobody_up(acts: Acts) -> None:
    acts.redis()
    workers = acts.workers()
    acts.do("add", name="web-1", options="power=stopped&begins=0.2")
    started = acts.ended(acts.do("asked", name="web-1", kind="start"))
    assert started == {"state": "succeeded", "error": "", "power": "running"}

    wait(lambda: len(acts.below(workers)) == 1)
    idle = acts.below(workers)
    acts.do("add", name="web-2", options="ignores=shut_down&begins=0")
    waiting = acts.do("asked", name="web-2", kind="restart")
    acts.until(waiting, lambda told: told["power"] == "stopping")
    began = time.monotonic()
    assert acts.ended(acts.do("asked", name="web-2", kind="reset"))["state"] == "succeeded"
    assert acts.ended(waiting)["error"] == "superseded"
    wait(lambda: acts.below(workers) == idle)
    assert time.monotonic() - began < 15, "who waited for the guest noticed and went"

    acts.do("add", name="web-3", options="hangs=nmi")
    killed = acts.do("asked", name="web-3", kind="nmi")
    acts.until(killed, lambda told: told["state"] == "running")
    (horse,) = acts.below(workers) - idle
    horse.kill()
    assert acts.ended(acts.do("asked", name="web-3", kind="reset"))["state"] == "succeeded"
    assert acts.do("told", operation=killed)["state"] == "running", "only the clock tells"
    assert acts.do("time_is_over", operation=killed) == 1
    assert acts.do("told", operation=killed)["error"] == "operation_lost"


def test_what_was_asked_for_while_redis_was_away_fails_at_once(acts: Acts) -> None:
    acts.do("add", name="web-1")
    operation = acts.do("asked", name="web-1", kind="reset")
    assert acts.do("told", operation=operation)["error"] == "queue_away"


@pytest.mark.parametrize("people", [2, 6])
def test_of_people_who_press_reset_at_once_one_resets_and_the_others_are_told(
    acts: Acts, people: int
) -> None:
    acts.redis()
    acts.do("add", name="web-1")
    said = acts.do("at_once", name="web-1", kind="reset", people=people)
    assert said == ["busy: reset"] * (people - 1) + ["reset"]


def test_of_people_who_restart_and_reset_at_once_none_is_left_waiting_for_nothing(acts: Acts) -> None:
    acts.redis()
    acts.do("add", name="web-1")
    first = acts.do("asked", name="web-1", kind="restart")
    assert acts.do("at_once", name="web-1", kind="reset", people=2) == ["busy: reset", "reset"]
    assert acts.do("told", operation=first)["error"] == "superseded"
