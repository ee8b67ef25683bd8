"""Figures of this web process. In: each request as it is answered. Out: what `/metrics` tells of it."""

from prometheus_client import Counter, Histogram

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}
REQUESTS = Counter("homeport_http_requests", "Requests answered by this process.", ["method", "status"])
SECONDS = Histogram(
    "homeport_http_request_seconds",
    "How long answers took to make.",
    ["method"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)


def answered(method: str, status: int, seconds: float) -> None:
    """Few labels, whatever is asked for: a stranger may invent methods and addresses."""
    known = method if method in METHODS else "other"
    REQUESTS.labels(known, f"{status // 100}xx").inc()
    SECONDS.labels(known).observe(seconds)
