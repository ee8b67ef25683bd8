"""`/metrics`: who gets it, what it tells of each part, and that asking often costs no more."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import django_rq
import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings
from rq import SimpleWorker

from accounts import actions, audit
from accounts.models import AuditChain
from consoles.metrics import views
from consoles.models import ArchivedPiece, ConsoleSession, LineArchive
from portal.fleet.models import ForwardTarget
from tests import world as worlds
from tests.consoles.hub_process.place import Place, wait
from tests.world import World

TOKEN = "figures-for-the-monitoring"
Figures = dict[tuple[str, ...], float]


@pytest.fixture(autouse=True)
def token(settings: Settings) -> Iterator[None]:
    settings.METRICS_TOKEN = TOKEN
    views.FLEET.forget()
    yield
    views.FLEET.forget()


def ask(token: str = TOKEN) -> Any:
    return Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})


def figures() -> Figures:
    """By name and the values of its labels."""
    views.FLEET.forget()
    found: Figures = {}
    for family in text_string_to_metric_families(ask().content.decode()):
        for sample in family.samples:
            found[(sample.name, *sample.labels.values())] = sample.value
    return found


def fail() -> None:
    raise RuntimeError("as the test wants it")


def test_only_the_token_opens_it(db: None, settings: Settings) -> None:
    assert ask().status_code == 200
    for header in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        refused = Client().get("/metrics", headers=header)
        assert refused.status_code == 401
        assert refused["WWW-Authenticate"].startswith("Bearer")
        assert refused.content == b""
    assert Client().get(f"/metrics?token={TOKEN}").status_code == 401
    settings.METRICS_TOKEN = ""
    assert ask().status_code == 404


def test_signed_in_staff_need_the_token_too(client_of: Any) -> None:
    assert client_of("staff").get("/metrics").status_code == 401


def test_it_counts_what_this_process_answers(db: None) -> None:
    before = figures()
    Client().get("/healthz")
    Client().get("/there/is/no/such/page/")
    Client().generic("BREW", "/healthz")
    after = figures()

    def more(*name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more("homeport_http_requests_total", "GET", "4xx") == 1
    assert more("homeport_http_requests_total", "other", "2xx") == 1
    assert more("homeport_http_requests_total", "GET", "2xx") == 2, "the page and the figures before"
    assert more("homeport_http_request_seconds_count", "GET") == 3
    assert after[("process_resident_memory_bytes",)] > 1_000_000


def test_it_tells_what_waits_for_stores_and_targets_and_who_is_attached(world: World) -> None:
    base = {"tenant": world.contoso, "host": "kvm1"}
    LineArchive.objects.create(line_id=uuid4(), waiting_bytes=1000, lost_bytes=7, error_code="full", **base)
    LineArchive.objects.create(line_id=uuid4(), waiting_bytes=500, **base)
    ForwardTarget.objects.create(tenant=world.contoso, kind="syslog", address="a:1", last_error="silent")
    ForwardTarget.objects.create(tenant=None, kind="syslog", address="a:1")
    audit.record(by=worlds.SYSTEM, action=actions.SIGN_IN, scope="/", tenant_id=None)
    session = {"principal_id": uuid4(), "line_id": uuid4(), "tenant": world.contoso}
    ConsoleSession.objects.create(**session)
    ConsoleSession.objects.create(ended_at=timezone.now(), **session)
    told = figures()
    assert told[("homeport_archive_waiting_bytes", "kvm1")] == 1500
    assert told[("homeport_archive_lost_bytes", "kvm1")] == 7
    assert told[("homeport_archive_failing_lines", "kvm1")] == 1
    own, platforms = (AuditChain.objects.get(tenant=one).seq for one in (world.contoso, None))
    assert platforms
    assert told[("homeport_forward_waiting_entries",)] == own + platforms
    assert told[("homeport_forward_failing_targets",)] == 1
    assert told[("homeport_console_sessions",)] == 1


def test_while_redis_is_away_the_rest_is_told(db: None, settings: Settings) -> None:
    settings.RQ_QUEUES = {"default": {"URL": "unix:///nowhere/redis.sock"}}
    told = figures()
    assert told[("homeport_redis_up",)] == 0
    assert told[("homeport_console_sessions",)] == 0
    assert ("homeport_clocks",) not in told


@pytest.mark.django_db(transaction=True)
def test_it_tells_of_queues_workers_and_hubs(place: Place) -> None:
    queue = django_rq.get_queue("default")
    for _ in range(2):
        queue.enqueue(fail)
    SimpleWorker([queue], connection=queue.connection).work(burst=True, max_jobs=1)
    place.do("add", name="web-1", url="loop://")
    place.hub().until("hub_up")
    wait(lambda: ("homeport_hub_up", "local") in figures())
    told = figures()
    assert told[("homeport_redis_up",)] == 1
    assert told[("homeport_queue_jobs", "default", "waiting")] == 1
    assert told[("homeport_queue_jobs", "default", "failed")] == 1
    assert told[("homeport_queue_jobs", "alerts", "waiting")] == 0
    assert 0 <= told[("homeport_queue_oldest_seconds", "default")] < 60
    assert told[("homeport_queue_workers", "default")] == 0
    assert told[("homeport_clocks",)] == 0
    assert told[("homeport_hub_up", "local")] == 1
    assert told[("homeport_hub_viewers", "local")] == 0
    assert sum(told[("homeport_hub_lines", "local", state)] for state in ("up", "connecting", "down")) == 1


def test_asking_again_within_seconds_asks_nobody_else(db: None, django_assert_num_queries: Any) -> None:
    ask()
    with django_assert_num_queries(0):
        ask()


def test_what_is_gathered_takes_a_bounded_number_of_queries(
    world: World, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        LineArchive.objects.create(line_id=uuid4(), tenant=world.contoso, host=f"kvm{number % 2}")
    with django_assert_max_num_queries(9):
        figures()


def test_what_is_damaged_and_what_waits_to_be_read_back_is_told(world: World) -> None:
    for number, state in enumerate(("kept", "kept", "damaged")):
        ArchivedPiece.objects.create(
            line_id=uuid4(), tenant=world.contoso, start=0, end=1, first_ms=0, last_ms=0, blob="x", stored_bytes=1,
            state=state, checked_at=timezone.now() - timedelta(days=number),
        )  # fmt: skip
    told = figures()
    assert told[("homeport_archive_damaged_pieces",)] == 1
    assert told[("homeport_sealed_damaged_files",)] == 0
    assert 24 * 3600 <= told[("homeport_archive_oldest_check_seconds", "pieces")] < 25 * 3600
    assert told[("homeport_archive_oldest_check_seconds", "sealed")] == 0
