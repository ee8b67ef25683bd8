"""What the clock puts in a queue has its turn there however long it waits, and once; so has what somebody's job puts in for them."""

from pathlib import Path

import pytest
from redis import Redis
from rq import Queue, SimpleWorker
from rq.cron import CronScheduler

from portal.fleet.workers.once import put_in, waits_once
from portal.run import plan
from portal.run.options import Options

ran: list[str] = []


@waits_once
def look_after() -> None:
    ran.append("the clock's")


def somebodys() -> None:
    ran.append("somebody's")


@pytest.fixture
def records(redis: Redis) -> Queue:
    ran.clear()
    return Queue("records", connection=redis)


def work(queue: Queue) -> None:
    SimpleWorker([queue], connection=queue.connection).work(burst=True)


def test_what_waits_behind_one_of_its_kind_goes_when_that_has_its_turn(records: Queue) -> None:
    for job in (somebodys, look_after, somebodys, look_after, look_after):
        records.enqueue(job)
    work(records)
    assert ran == ["somebody's", "the clock's", "somebody's"]
    records.enqueue(look_after)
    work(records)
    assert ran[3:] == ["the clock's"]


def test_of_each_one_waits_and_who_has_had_a_turn_may_have_another(records: Queue) -> None:
    for whose in ("a", "b", "a", "ab"):
        put_in(records, whose, somebodys)
    assert records.count == 3
    work(records)
    put_in(records, "a", somebodys)
    assert records.count == 1


def test_the_clocks_jobs_wait_for_their_turn_behind_those_of_every_tenant(redis: Redis) -> None:
    scheduler = CronScheduler(connection=redis)
    scheduler.load_config_from_file("portal.schedule")
    records = [job for job in scheduler.get_jobs() if job.queue_name == "records"]
    assert {"look_after_archives_job", "tend_exports_job", "probe_closed_stores_job"} <= {
        job.func_name.rpartition(".")[2] for job in records
    }
    for job in records:
        ttl = job.job_options["ttl"]
        assert ttl >= 6 * 60 * 60
        assert ttl == job.interval or hasattr(job.func, "__wrapped__"), f"{job.func_name} may wait twice"


def test_records_have_a_worker_of_their_own() -> None:
    commands = [spec.command for spec in plan.processes(Options(var=Path("var")))]
    assert [command[-2:] for command in commands if "records" in command] == [("0", "records")]
    assert [command[-2:] for command in commands if "archive.local" in command] == [("0", "archive.local")]
