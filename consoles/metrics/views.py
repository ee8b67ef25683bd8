"""`/metrics`. In: a request with the token of HOMEPORT_METRICS_TOKEN. Out: figures in Prometheus' format; without that setting, no such page.

What is gathered is kept for a few seconds, so that however often somebody asks, the rest of Homeport is asked no more often than that.
"""

import threading
import time
from collections.abc import Iterable, Iterator
from secrets import compare_digest

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from prometheus_client import REGISTRY, CollectorRegistry
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError

from consoles.metrics import hubs, parts
from portal.fleet.workers import selectors

SECONDS = 5.0


class Fleet(Collector):
    """All that is not this process's own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gathered: list[Metric] = []
        self._until = 0.0

    def collect(self) -> Iterable[Metric]:
        with self._lock:
            if time.monotonic() >= self._until:
                self._gathered = list(_gather())
                self._until = time.monotonic() + SECONDS
            return self._gathered

    def forget(self) -> None:
        self._until = 0.0


def _gather() -> Iterator[Metric]:
    yield from parts.archive()
    yield from parts.kept()
    yield from parts.records()
    found, up = [], 1
    try:
        redis = selectors.redis()
        found = [*parts.queues(redis), *parts.workers(redis), *hubs.hubs(async_to_sync(hubs.ask_all)())]
    except (RedisError, OSError):
        up = 0
    yield parts.gauge("redis_up", "Whether Redis answers.", (), [(up,)])
    yield from found


FLEET = Fleet()


class Everything(CollectorRegistry):
    def collect(self) -> Iterable[Metric]:
        yield from REGISTRY.collect()
        yield from FLEET.collect()


@never_cache
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not compare_digest(
        token.strip().encode(), settings.METRICS_TOKEN.encode()
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(Everything()), content_type=content_type)
