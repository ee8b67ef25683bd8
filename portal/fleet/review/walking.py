"""Everything that is filtered, newest first, a stretch at a time. In: what is wanted, and where to go on. Out: entries, and where to go on from there.

First from the table, by key, then from sealed files. What is sealed meanwhile has kept its place in that order, so nothing is missed or told twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, F, Q, QuerySet, Sum, Value
from django.utils import timezone

from accounts.audit_matching import fitting
from accounts.audit_selectors import Filters, entries_at, search
from accounts.audit_told import Told, told, told_of
from accounts.models import AuditEntry, Tenant
from portal.config.keyset import Comparison, Row
from portal.fleet.models import StorageAccount
from portal.fleet.sealing import reading

SECONDS = 10.0


@dataclass(frozen=True)
class Wanted:
    """`typed`: what the names and machines of the filters were found by."""

    tenant: Tenant
    scope: str
    filters: Filters
    typed: dict[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> "QuerySet[AuditEntry]":
        return search(entries_at(self.tenant, self.scope), self.filters)

    @property
    def sealed_at_most(self) -> int:
        """How many entries lie in sealed files of the time asked for: whether they fit is only known once they are read."""
        seals = reading.seals(self.tenant.id, None, self.filters.since, self.filters.until)
        found = seals.order_by().aggregate(most=Sum(F("last_seq") - F("first_seq") + 1))
        return int(found["most"] or 0)


@dataclass
class Stretch:
    """`cursor` is where the next one begins, and whom it does not ask: None at the end. Of `unreadable` files some may be read later, where a store is `away`."""

    entries: list[Told] = field(default_factory=list)
    cursor: dict[str, Any] | None = None
    unreadable: int = 0
    away: str = ""


def stretches(wanted: Wanted, most: int) -> Iterator[Stretch]:
    cursor: dict[str, Any] | None = {}
    while cursor is not None:
        stretch = next_stretch(wanted, cursor, most)
        yield stretch
        cursor = stretch.cursor


def next_stretch(wanted: Wanted, cursor: dict[str, Any], most: int) -> Stretch:
    if "sealed" in cursor:
        return _from_files(wanted, cursor, most)
    rows = wanted.kept.order_by("-at", "-id")
    found = told(rows.filter(_below(cursor))[:most] if cursor else rows[:most])
    at = {"at": found[-1].at.isoformat(), "id": found[-1].pk} if found else cursor
    return Stretch(found, at if len(found) == most else {**at, "sealed": None})


def _below(cursor: dict[str, Any]) -> Q:
    here = Row(F("at"), F("id"))
    there = Row(
        Value(datetime.fromisoformat(cursor["at"]), output_field=DateTimeField()),
        Value(cursor["id"], output_field=BigIntegerField()),
    )
    return Q(Comparison(here, there, arg_joiner=" < "))


def _from_files(wanted: Wanted, cursor: dict[str, Any], most: int) -> Stretch:
    fits, filters = fitting(wanted.tenant, wanted.scope, wanted.filters), wanted.filters
    end = cursor.get(
        "id"
    )  # files are cut by number: clocks of two webs may differ by more than lies between two entries

    def is_next(entry: AuditEntry) -> bool:
        return (end is None or entry.pk < end) and fits(entry)

    silent = _still_silent(cursor.get("silent", {}))
    found = reading.older(
        wanted.tenant.id, is_next, cursor["sealed"], since=filters.since, until=filters.until,
        most=most, seconds=SECONDS, silent=[int(pk) for pk in silent],
    )  # fmt: skip
    now = timezone.now().isoformat()
    silent = {str(pk): silent.get(str(pk), now) for pk in found.silent if pk is not None}
    goes_on = None if found.before is None else {**cursor, "sealed": found.before, "silent": silent}
    return Stretch([told_of(entry) for entry in found.entries], goes_on, len(found.unreadable), found.away)


def _still_silent(since: dict[str, str]) -> dict[str, str]:
    """By account, when it was asked in vain. Who else asks it writes down that it has answered."""
    answered = dict(StorageAccount.objects.filter(pk__in=since).values_list("pk", "last_ok_at"))
    return {
        pk: when
        for pk, when in since.items()
        if not (last := answered.get(int(pk))) or last < datetime.fromisoformat(when)
    }
