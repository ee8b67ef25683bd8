"""Gives every request an id and the address it really came from, before anything else looks at it."""

import ipaddress
import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.config import measures

GIVEN_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")


class RequestMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.request_id = given if settings.TRUSTED_PROXIES and GIVEN_ID.match(given) else uuid4().hex  # type: ignore[attr-defined]
        request.address = client_address(request.META)  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request.request_id)  # type: ignore[attr-defined]
        begun = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            structlog.contextvars.clear_contextvars()
        measures.answered(request.method or "", response.status_code, time.perf_counter() - begun)
        response["X-Request-Id"] = request.request_id  # type: ignore[attr-defined]
        return response


def client_address(meta: dict[str, str]) -> str:
    """The socket's peer, or what the outermost trusted proxy saw: counted from the right, since the left can be forged."""
    seen = meta.get("REMOTE_ADDR") or ""
    hops = [hop.strip() for hop in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if settings.TRUSTED_PROXIES and len(hops) >= settings.TRUSTED_PROXIES:
        seen = hops[-settings.TRUSTED_PROXIES]
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return ""
