"""The archive's jobs reach the workers of every host that has something to look after, and no queue grows where nobody works."""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as settings_of
from django.utils import timezone
from redis import Redis
from rq import Queue, SimpleWorker

from accounts import principals
from consoles import telling
from consoles.archive import backlog, jobs, queue, tidying
from consoles.archive.erasing import erase_output
from consoles.archive.lines import Line
from consoles.archive.locking import locked
from consoles.archive.objects import Objects
from consoles.archive.rounds import archive_host
from consoles.archive.tidying import tidy_host
from consoles.following import wanted
from consoles.hub.spec import LineSpec
from consoles.models import LineArchive
from consoles.record.segment import Segment
from consoles.telling import Telling
from portal.fleet.models import VirtualMachine
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import World


@pytest.fixture
def redis_of_jobs(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> Redis:
    monkeypatch.setattr(queue, "get_connection", lambda name: redis)
    return redis


def waiting(redis: Redis, host: str) -> list[str]:
    return [job.func_name.rpartition(".")[2] for job in Queue(f"archive.{host}", connection=redis).jobs]


def test_each_host_gets_its_own(world: World, redis_of_jobs: Redis) -> None:
    VirtualMachine.objects.filter(id=world.vm.id).update(host="rack-2")
    assert jobs.look_after_archives_job() == 2
    assert [waiting(redis_of_jobs, host) for host in ("local", "rack-2")] == [["archive_host_job"]] * 2


def test_where_nobody_works_nothing_piles_up(world: World, redis_of_jobs: Redis) -> None:
    for _ in range(10):
        jobs.look_after_archives_job()
    assert len(waiting(redis_of_jobs, "local")) == queue.MOST_WAITING


def test_a_host_that_is_busy_all_day_is_tidied_all_the_same(world: World, redis_of_jobs: Redis) -> None:
    for _ in range(10):
        jobs.look_after_archives_job()
    jobs.tidy_archives_job()
    *others, tidy = Queue("archive.local", connection=redis_of_jobs).jobs
    assert (len(others), tidy.func_name) == (queue.MOST_WAITING, queue.TIDY)
    assert tidy.ttl == queue.DAY


async def test_many_hints_are_one_job(redis_of_jobs: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once; and one more, when those are over that were sealed soon after."""
    monkeypatch.setattr(telling, "SOON", 0.01)
    tell, spec = Telling(), LineSpec("1", "", "web-1", 0)
    for jobs_then in (1, 2):
        for _ in range(10):
            tell("sealed", spec, {})
        assert tell._hinting is not None
        await asyncio.wait_for(tell._hinting, 10)
        assert waiting(redis_of_jobs, settings_of.HUB_HOST) == ["archive_host_job"] * jobs_then


def test_a_worker_does_it(printer: Printer, redis_of_jobs: Redis) -> None:
    printer.prints(4 * SEGMENT)
    jobs.look_after_archives_job()
    SimpleWorker([Queue("archive.local", connection=redis_of_jobs)], connection=redis_of_jobs).work(
        burst=True
    )
    assert printer.archived() == text(0, 3 * SEGMENT)


def test_an_erasure_is_begun_at_once(
    printer: Printer, redis_of_jobs: Redis, django_capture_on_commit_callbacks: Any
) -> None:
    printer.prints(4 * SEGMENT)
    with django_capture_on_commit_callbacks(execute=True):
        erase_output(by=principals.system("tests"), vm=printer.vm, reason="a password")
    assert waiting(redis_of_jobs, "local") == ["archive_host_job"]


def test_while_nothing_is_printed_a_round_asks_the_database_twice(
    printer: Printer, django_assert_num_queries: Any
) -> None:
    printer.prints(3 * SEGMENT + 512)
    printer.archives()
    with django_assert_num_queries(2):
        archive_host("local", Objects(), 60)


def test_while_nothing_is_sealed_it_writes_once_for_all_lines(
    printer: Printer, django_assert_num_queries: Any
) -> None:
    printer.prints(3 * SEGMENT + 512)
    printer.archives()
    printer.prints(512)
    with django_assert_num_queries(3):
        archive_host("local", Objects(), 60)
    assert printer.row().waiting_bytes == 1024


def test_a_line_that_another_worker_has_is_left_to_it(printer: Printer, tmp_path: Any) -> None:
    printer.prints(4 * SEGMENT)
    with printer.somebody_else_has_it():
        jobs.archive_host_job("local")
        assert printer.pieces() == []
    jobs.archive_host_job("local")
    assert len(printer.pieces()) == 3


def test_the_lock_is_of_one_line(printer: Printer, world: World) -> None:
    with printer.somebody_else_has_it():
        with locked(printer.line_id) as ours:
            assert not ours
        with locked(world.other_vm.ports.get().line_id) as ours:
            assert ours


def test_the_disk_keeps_no_more_of_a_line_than_the_spools_limit(world: World, settings: Any) -> None:
    settings.SPOOL_MIB = 2
    limits = {spec.name: spec.limit for spec in wanted("local")}
    assert limits["web/web-1"] == 2 * 1024 * 1024
    settings.SPOOL_MIB = 64
    assert {spec.name: spec.limit for spec in wanted("local")}["web/web-1"] == 16 * 1024 * 1024


@pytest.mark.parametrize("act", [archive_host, tidy_host])
def test_when_a_piece_was_read_back_is_not_written_over(
    printer: Printer, monkeypatch: pytest.MonkeyPatch, act: Callable[..., object]
) -> None:
    """Whoever reads pieces back is another worker of the same host, and asks for no lock."""
    printer.prints(4 * SEGMENT)
    printer.archives()
    printer.prints(2 * SEGMENT)
    now, real = timezone.now(), backlog.looked

    def looked(line: Line, segments: Sequence[Segment]) -> LineArchive:
        row = real(line, segments)
        LineArchive.objects.filter(line_id=line.id).update(tried_at=now)
        return row

    monkeypatch.setattr(backlog, "looked", looked)
    act("local", Objects(), 60)
    row = printer.row()
    assert (row.tried_at, row.spool_end) == (now, printer.printed)


def test_who_is_behind_the_end_of_a_days_time_is_not_there_every_day(
    printer: Printer, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for vm in (world.vm, world.other_vm):
        defaults = {"tenant": vm.tenant, "host": vm.host}
        LineArchive.objects.update_or_create(line_id=vm.ports.get().line_id, defaults=defaults)
    tidied: list[UUID] = []
    monkeypatch.setattr(tidying, "_tidy", lambda line, objects: tidied.append(line.id))
    for _day in range(100):
        monkeypatch.setattr(tidying, "time", SimpleNamespace(monotonic=count().__next__))
        tidying.tidy_host("local", Objects(), 1.5)
    assert len(tidied) == 100
    assert len(set(tidied)) == 2
