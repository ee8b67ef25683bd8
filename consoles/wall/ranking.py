"""The wall's order: machines in trouble, lines that are down, then whatever printed last. In: machines, and what their lines do. Out: one page of their ids.

Activity is known to hubs, not to the database, so it is ordered here: of the first few thousand machines, or of those lines that matter most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from consoles.wall.line_news import SILENT, LineNews
from portal.fleet.models import VirtualMachine

MOST = 5000
MINUTE = 60_000
SIGNER = Signer(salt="homeport.wall")
Key = tuple[int, int, str, int]


@dataclass(frozen=True)
class Ranked:
    """`total` stops counting above MOST."""

    ids: list[int]
    next: str
    total: int


def ranked(
    rows: "QuerySet[VirtualMachine]", news: Mapping[str, LineNews], *, after: str, size: int
) -> Ranked:
    found = _first(rows)
    total = len(found)
    if total > MOST and news:
        found = _first(rows.filter(Q(ports__line_id__in=_foremost(news)) | ~Q(trouble="")))
    keys = sorted(
        _key(trouble, news.get(str(line), SILENT), name, vm) for vm, name, line, trouble in found[:MOST]
    )
    start = _read(after)
    here = [key for key in keys if start is None or key > start]
    page, more = here[:size], len(here) > size
    return Ranked([key[-1] for key in page], SIGNER.sign_object(page[-1]) if more else "", total)


def _first(rows: "QuerySet[VirtualMachine]") -> list[tuple[int, str, UUID, str]]:
    named = rows.order_by("name_key", "id")
    return list(named.values_list("id", "name_key", "ports__line_id", "trouble")[: MOST + 1])


def _foremost(news: Mapping[str, LineNews]) -> list[str]:
    return sorted(news, key=lambda line: (not news[line].down, -news[line].last_ms))[:MOST]


def _key(trouble: str, news: LineNews, name: str, vm: int) -> Key:
    """By whole minutes, then by name: tiles of lines that print all the time do not change places."""
    urgency = 0 if trouble else 1 if news.down else 2
    return (urgency, -(news.last_ms // MINUTE), name, vm)


def _read(token: str) -> Key | None:
    """One that is not ours is no error: it starts from the beginning."""
    try:
        urgency, minute, name, vm = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return int(urgency), int(minute), str(name), int(vm)
