"""Each part of Homeport as figures. In: the database, RQ's registries. Out: metric families; few labels, each bounded by what an operator runs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from redis import Redis

from consoles.models import ArchivedPiece, ConsoleSession, LineArchive, PieceState
from portal.fleet.forwarding.selectors import BEHIND
from portal.fleet.models import Alert, ForwardTarget
from portal.fleet.models.records import AuditSeal
from portal.fleet.workers import selectors


def gauge(name: str, text: str, labels: tuple[str, ...], values: list[tuple[Any, ...]]) -> Metric:
    """Each value after its labels."""
    family = GaugeMetricFamily(f"homeport_{name}", text, labels=labels)
    for *named, value in values:
        family.add_metric([str(one) for one in named], value)
    return family


def queues(redis: "Redis") -> Iterator[Metric]:
    found, now = selectors.queues(redis), timezone.now()
    states = [
        (one.name, state, count)
        for one in found
        for state, count in (
            ("waiting", one.waiting),
            ("running", one.running),
            ("later", one.later),
            ("failed", one.failed),
        )
    ]
    ages = [(one.name, (now - one.oldest).total_seconds() if one.oldest else 0) for one in found]
    yield gauge("queue_jobs", "Jobs by queue and state.", ("queue", "state"), states)
    yield gauge("queue_oldest_seconds", "How long the first of a queue has waited.", ("queue",), ages)
    yield gauge(
        "queue_workers", "Workers that take its jobs.", ("queue",), [(q.name, q.workers) for q in found]
    )
    clocks = len(selectors.schedulers(redis))
    yield gauge("clocks", "Processes that put due jobs into queues; one is right.", (), [(clocks,)])


def workers(redis: "Redis") -> Iterator[Metric]:
    """By host and queues: a worker's own name is new each time it starts."""
    jobs = CounterMetricFamily(
        "homeport_worker_jobs", "Jobs that the living workers ended.", labels=("host", "queues", "outcome")
    )
    busy = CounterMetricFamily("homeport_worker_busy_seconds", "What they worked.", labels=("host", "queues"))
    sums: dict[tuple[str, str], list[float]] = {}
    for worker in selectors.workers(redis):
        total = sums.setdefault((worker.host, ",".join(worker.queues)), [0, 0, 0])
        for place, value in enumerate((worker.done, worker.failed, worker.busy_seconds)):
            total[place] += value
    for (host, names), (done, failed, seconds) in sums.items():
        jobs.add_metric([host, names, "succeeded"], done)
        jobs.add_metric([host, names, "failed"], failed)
        busy.add_metric([host, names], seconds)
    yield jobs
    yield busy


def archive() -> Iterator[Metric]:
    """One query, whatever the number of lines."""
    rows = list(
        LineArchive.objects.order_by()
        .values("host")
        .annotate(
            waiting=Sum("waiting_bytes"), lost=Sum("lost_bytes"), failing=Count("line_id", ~Q(error_code=""))
        )
        .values_list("host", "waiting", "lost", "failing")
    )
    told = {
        "archive_waiting_bytes": "Output on hosts' disks alone, as of the last minute.",
        "archive_lost_bytes": "Output that left the spool before a store took it.",
        "archive_failing_lines": "Lines whose store does not take their output.",
    }
    for place, (name, text) in enumerate(told.items(), start=1):
        yield gauge(name, text, ("host",), [(row[0], row[place] or 0) for row in rows])


def kept() -> Iterator[Metric]:
    """What was read back, and what of it is not as it was put there. Of pieces two queries, each of an index: there are many."""
    damaged = ArchivedPiece.objects.filter(state=PieceState.DAMAGED).count()
    first = ArchivedPiece.objects.filter(state=PieceState.KEPT).aggregate(at=Min("checked_at"))
    seals = AuditSeal.objects.filter(deleted_at=None).aggregate(at=Min("checked_at"), bad=Count("damaged_at"))
    yield gauge("archive_damaged_pieces", "Archived pieces that are gone or changed.", (), [(damaged,)])
    yield gauge("sealed_damaged_files", "Sealed files that are gone or changed.", (), [(seals["bad"],)])
    ages = [("pieces", _age(first["at"])), ("sealed", _age(seals["at"]))]
    yield gauge("archive_oldest_check_seconds", "Since the one that is next was read back.", ("what",), ages)


def _age(at: datetime | None) -> float:
    return (timezone.now() - at).total_seconds() if at else 0.0


def records() -> Iterator[Metric]:
    live = ConsoleSession.objects.filter(ended_at=None).count()
    yield gauge("console_sessions", "Consoles that are open.", (), [(live,)])
    waiting = Alert.objects.filter(delivered_at=None, given_up_at=None, target__enabled=True).count()
    yield gauge("alerts_waiting", "Alerts that have not arrived yet.", (), [(waiting,)])
    forward = ForwardTarget.objects.filter(enabled=True).aggregate(
        behind=Sum(BEHIND), failing=Count("id", ~Q(last_error=""))
    )
    entries, failing = forward["behind"] or 0, forward["failing"]
    yield gauge("forward_waiting_entries", "Audit entries that targets have not had yet.", (), [(entries,)])
    yield gauge("forward_failing_targets", "Targets whose last delivery failed.", (), [(failing,)])
