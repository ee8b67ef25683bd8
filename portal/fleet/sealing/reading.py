"""Reads on where the table ends. In: a tenant, and the entry that was read last. Out: older entries, or later ones, from its sealed files.

A file that cannot be read, or is not what was sealed, is passed over and named; it does not hide its neighbours.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import AuditEntry
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.files import entries_in
from portal.fleet.sealing.lines import Altered
from portal.fleet.stores.base import Missing, StoreTrouble
from portal.fleet.stores.opening import store_of

UNREADABLE = (Altered, Missing, StoreTrouble)


@dataclass
class Found:
    """`entries` newest first. `before` is where to go on: None once the beginning was reached.

    `away` is the code of a store that may answer later; nothing more of `silent` accounts was asked for.
    """

    entries: list[AuditEntry] = field(default_factory=list)
    before: int | None = None
    unreadable: list[AuditSeal] = field(default_factory=list)
    away: str = ""
    silent: set[int | None] = field(default_factory=set)


def older(
    tenant_id: UUID,
    fits: Callable[[AuditEntry], bool],
    before: int | None = None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 30,
    seconds: float = 1.5,
    silent: Collection[int] = (),
) -> Found:
    """The newest sealed entries that fit, of a lower `seq` than `before`. Bounded in time: a rare one may take several turns.

    Files of accounts that are `silent`, or turn out to be, are passed over and named: each account costs one timeout.
    """
    found, end = Found(silent=set(silent)), monotonic() + seconds
    for seal in seals(tenant_id, before, since, until):
        for entry in _newest_first(seal, found):
            if (before is None or entry.seq < before) and in_time(entry, since, until) and fits(entry):
                found.entries.append(entry)
            if len(found.entries) == most:
                found.before = entry.seq
                return found
        if monotonic() > end or len(found.unreadable) == most:
            found.before = seal.first_seq
            return found
    return found


def _newest_first(seal: AuditSeal, found: Found) -> list[AuditEntry]:
    try:
        if seal.account_id not in found.silent:
            return open_seal(seal)[::-1]
    except StoreTrouble as trouble:
        found.away = trouble.code
        found.silent.add(seal.account_id)
    except (Altered, Missing):
        pass
    found.unreadable.append(seal)
    return []


def after(tenant_id: UUID, seq: int) -> list[AuditEntry]:
    """Sealed entries of a higher `seq`, oldest first: all of one file. Raises what `open_seal` raises."""
    seal = kept(tenant_id).filter(last_seq__gt=seq).order_by("first_seq").first()
    return [entry for entry in open_seal(seal) if entry.seq > seq] if seal else []


def at(tenant_id: UUID, seq: int) -> AuditEntry | None:
    """A sealed entry, from the one file that it is in. Raises what `open_seal` raises."""
    seal = kept(tenant_id).filter(first_seq__lte=seq, last_seq__gte=seq).first()
    return next((entry for entry in open_seal(seal) if entry.seq == seq), None) if seal else None


def open_seal(seal: AuditSeal) -> list[AuditEntry]:
    """Raises Altered, Missing or StoreTrouble."""
    return entries_in(seal, store_of(seal.account).get(seal.blob, seal.stored_bytes))


def seals(
    tenant_id: UUID, before: int | None, since: datetime | None, until: datetime | None
) -> "QuerySet[AuditSeal]":
    found = kept(tenant_id).order_by("-first_seq")
    if before is not None:
        found = found.filter(first_seq__lt=before)
    if since is not None:
        found = found.filter(last_at__gte=since)
    if until is not None:
        found = found.filter(first_at__lt=until)
    return found


def kept(tenant_id: UUID) -> "QuerySet[AuditSeal]":
    found = AuditSeal.objects.filter(chain__tenant_id=tenant_id, deleted_at=None)
    return found.select_related("chain__tenant", "account")


def in_time(entry: AuditEntry, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or entry.at >= since) and (until is None or entry.at < until)
