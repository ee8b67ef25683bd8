"""What a socket asks for before it is open. In: an ASGI scope. Out: plain facts, or Malformed; nothing is believed yet.

Query strings carry tickets: nothing here, and nobody who gets these facts, writes one to a log.
"""

import re
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from django.conf import settings

from consoles.wire import KIB
from portal.config.middleware import client_address

MODES = ("write", "watch")
VIAS = ("page", "window", "wall", "rest")
PAGE = re.compile(r"[A-Za-z0-9_-]{8,64}")
OFFSET = re.compile(r"[0-9]{1,18}")
TAIL = 64 * KIB
MOST_FIELDS = 10


class Malformed(Exception):
    """What is asked for makes no sense."""


@dataclass(frozen=True)
class Asked:
    """`place` names the machine by the words of its address. One of `session_key`, `bearer`, `ticket` says who asks."""

    place: dict[str, Any]
    mode: str
    from_offset: int | None
    tail: int
    page: str
    via: str
    host: str = ""
    origins: tuple[str, ...] = ()
    address: str = ""
    user_agent: str = ""
    session_key: str = field(default="", repr=False)
    bearer: str = field(default="", repr=False)
    ticket: str = field(default="", repr=False)
    request_id: str = field(default_factory=lambda: uuid4().hex)

    @property
    def subscription_id(self) -> UUID:
        found: UUID = self.place["sub"]
        return found


def asked_by(scope: dict[str, Any]) -> Asked:
    headers = Headers(scope)
    query = _query(scope.get("query_string", b""))
    kind, _, token = headers.one("authorization").partition(" ")
    offset = _matching(OFFSET, query.get("from", ""))
    return Asked(
        place=dict(scope["url_route"]["kwargs"]),
        mode=_among(MODES, query.get("mode", "write")),
        from_offset=int(offset) if offset else None,
        tail=int(_matching(OFFSET, query.get("tail", "")) or TAIL),
        page=_matching(PAGE, query.get("page", "")) or secrets.token_urlsafe(12),
        via=_among(VIAS, query.get("via", "page")),
        host=headers.one("host"),
        origins=tuple(headers.every("origin")),
        address=headers.address,
        user_agent=headers.one("user-agent")[:200],
        session_key=headers.cookie(settings.SESSION_COOKIE_NAME),
        bearer=token.strip() if kind.lower() == "bearer" else "",
        ticket=query.get("ticket", ""),
    )


class Headers:
    def __init__(self, scope: dict[str, Any]) -> None:
        self._found = [(name.lower(), value.decode("latin-1")) for name, value in scope.get("headers", [])]
        self._peer = str((scope.get("client") or [""])[0])

    def every(self, name: str) -> list[str]:
        return [value for found, value in self._found if found == name.encode()]

    def one(self, name: str) -> str:
        return (self.every(name) or [""])[0]

    @property
    def address(self) -> str:
        forwarded = ",".join(self.every("x-forwarded-for"))
        return client_address({"REMOTE_ADDR": self._peer, "HTTP_X_FORWARDED_FOR": forwarded})

    def cookie(self, name: str) -> str:
        try:
            found = SimpleCookie("; ".join(self.every("cookie"))).get(name)
        except CookieError:
            return ""
        return found.value if found else ""


def _query(raw: bytes) -> dict[str, str]:
    try:
        fields = parse_qs(raw.decode("ascii"), strict_parsing=bool(raw), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise Malformed("query") from error
    return {name: values[-1] for name, values in fields.items()}


def _among(choices: tuple[str, ...], value: str) -> str:
    if value not in choices:
        raise Malformed(value[:20])
    return value


def _matching(pattern: re.Pattern[str], value: str) -> str:
    if value and not pattern.fullmatch(value):
        raise Malformed("number or name")
    return value
