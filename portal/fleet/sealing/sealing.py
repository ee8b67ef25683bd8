"""Moves old entries of a tenant into its store. In: its retention. Out: a file, read back as it was written, and only then a row in place of the entries.

A piece is what one day has, or the next five thousand of it: whoever is killed and begins again makes the same file of the same
name. So nothing is claimed beforehand, and of two at once the second finds that it is done.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import actions, audit, principals
from accounts.audit import Link
from accounts.models import AuditChain, AuditEntry, Tenant
from portal.fleet.models.records import AuditSeal, Retention
from portal.fleet.sealing.files import pack
from portal.fleet.sealing.lines import line_of
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of

PIECE, PIECE_BYTES = 5000, 8 * 1024 * 1024
OWN = [actions.AUDIT_SEAL, actions.AUDIT_EXPIRE]


class Broken(Exception):
    """The chain is broken where it was to be sealed: a signature would call it genuine."""


def due() -> list[UUID]:
    """Tenants that have something to seal. What sealing itself records waits for something else to go with."""
    return [one.tenant_id for one in _set() if _has_something(one)]


def is_due(tenant_id: UUID) -> bool:
    return any(_has_something(one) for one in _set().filter(tenant_id=tenant_id))


def _set() -> "QuerySet[Retention]":
    return Retention.objects.exclude(seal_after_days=None).exclude(seal_account=None)


def _has_something(retention: Retention) -> bool:
    old = AuditEntry.objects.filter(chain__tenant_id=retention.tenant_id, at__lt=_limit(retention))
    return old.exclude(action__in=OWN).exists()


def _limit(retention: Retention) -> datetime:
    """Whole days of UTC, so that a piece is the same whenever it is made."""
    day = timezone.now().astimezone(UTC).date() - timedelta(days=retention.seal_after_days or 0)
    return datetime.combine(day, time(), UTC)


def seal_audit(*, tenant_id: UUID, seconds: float) -> int:
    """Piece by piece until none is left, or the time is over; returns how many entries were sealed."""
    retention = Retention.objects.select_related("tenant", "seal_account").get(tenant_id=tenant_id)
    until, sealed = monotonic() + seconds, 0
    while monotonic() < until and (count := _seal_next(retention)):
        sealed += count
    return sealed


def _seal_next(retention: Retention) -> int:
    if retention.seal_after_days is None or retention.seal_account is None:
        return 0
    chain = AuditChain.objects.get(tenant_id=retention.tenant_id)
    entries = list(_piece(chain, _limit(retention)))
    if not entries:
        return 0
    seal, data = pack(chain, entries)
    seal.account = retention.seal_account
    store = store_of(seal.account)
    store.put(seal.blob, data)
    if store.get(seal.blob, seal.stored_bytes) != data:
        raise StoreTrouble(StoreTrouble.UNREACHABLE, "it does not give back what was written")
    return _take_out(retention.tenant, seal)


def _piece(chain: AuditChain, limit: datetime) -> Iterator[AuditEntry]:
    """Raises Broken."""
    before, size, day = Link(chain.sealed_seq, chain.sealed_hash), 0, None
    entries = AuditEntry.objects.filter(chain=chain, seq__gt=chain.sealed_seq).order_by("seq")
    for entry in entries[:PIECE].iterator(chunk_size=2000):
        entry.chain = chain
        size += len(line_of(entry))
        day = day or entry.at.date()
        if (
            entry.at >= limit
            or entry.at.date() != day
            or (size > PIECE_BYTES and before.seq > chain.sealed_seq)
        ):
            return
        problem = audit.problem_after(before, entry)
        if problem:
            raise Broken(f"{chain}, entry {before.seq + 1}: {problem}")
        yield entry
        before = Link(entry.seq, entry.hash)


@transaction.atomic
def _take_out(tenant: Tenant, seal: AuditSeal) -> int:
    chain = audit.locked_chain(tenant.id)
    if chain.sealed_seq != seal.first_seq - 1:
        return 0
    seal.entries_removed_at = timezone.now()
    seal.save()
    count = audit.release(chain, Link(seal.last_seq, seal.last_hash))
    audit.record(
        by=principals.system("records"),
        action=actions.AUDIT_SEAL,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"first": seal.first_seq, "last": seal.last_seq, "file": seal.blob, "sha256": seal.sha256},
    )
    return count
