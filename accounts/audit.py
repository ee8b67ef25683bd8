"""Writes what happened, in the transaction of the act itself: one gapless chain per tenant, each link keyed to the one before.

In: who, what, where, how it ended. Out: an AuditEntry; nothing else in Homeport creates one.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from accounts.models import AuditChain, AuditEntry
from accounts.models.audit import AppendOnly
from accounts.principals import Principal


def record(
    *,
    by: Principal,
    action: str,
    scope: str,
    tenant_id: UUID | None,
    outcome: str = "succeeded",
    error_code: str = "",
    details: dict[str, object] | None = None,
) -> AuditEntry:
    with transaction.atomic(savepoint=False):  # an act that cannot be recorded is undone as a whole
        chain = locked_chain(tenant_id)
        entry = AuditEntry(
            chain=chain,
            seq=chain.seq + 1,
            at=timezone.now(),
            principal_kind=by.kind,
            principal_id=by.id,
            principal_name=by.name[:150],
            on_behalf_of=by.on_behalf_of,
            action=action,
            scope=scope,
            scope_key=scope.lower(),
            outcome=outcome,
            error_code=error_code,
            address=by.address,
            request_id=by.request_id,
            details=details or {},
            previous_hash=chain.hash,
        )
        entry.hash = link(entry)
        entry.save()
        chain.seq, chain.hash = entry.seq, entry.hash
        chain.save(update_fields=["seq", "hash"])
    return entry


def locked_chain(tenant_id: UUID | None) -> AuditChain:
    """The row lock makes writers of one tenant queue up, which is what keeps `seq` without a gap."""
    chains = AuditChain.objects.select_for_update()
    chain = chains.filter(Q(tenant_id=tenant_id)).first()
    if chain is None:
        AuditChain.objects.get_or_create(tenant_id=tenant_id)  # type: ignore[misc]  # None is the platform's
        chain = chains.get(Q(tenant_id=tenant_id))
    return chain


def link(entry: AuditEntry) -> str:
    key = hashlib.sha256(b"homeport.audit:" + settings.AUDIT_KEY.encode()).digest()
    return hmac.new(key, _canonical(entry), hashlib.sha256).hexdigest()


def _canonical(entry: AuditEntry) -> bytes:
    fields = {
        "chain": str(entry.chain.tenant_id or "platform"),
        "seq": entry.seq,
        "at": entry.at.isoformat(timespec="microseconds"),
        "principal": [
            entry.principal_kind,
            str(entry.principal_id or ""),
            entry.principal_name,
            entry.on_behalf_of,
        ],
        "action": entry.action,
        "scope": entry.scope,
        "outcome": [entry.outcome, entry.error_code],
        "from": [entry.address, entry.request_id],
        "details": entry.details,
        "previous": entry.previous_hash,
    }
    return json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Link:
    seq: int
    hash: str


@dataclass(frozen=True)
class BrokenLink:
    chain: str
    seq: int
    problem: str


def first_broken(chain: AuditChain) -> BrokenLink | None:
    """Up to the end as it was when the chain was read: the log of a running portal grows meanwhile."""
    end = Link(chain.sealed_seq, chain.sealed_hash)
    entries = AuditEntry.objects.filter(chain=chain)
    for entry in entries.filter(seq__lte=chain.seq).order_by("seq").iterator(chunk_size=2000):
        entry.chain = chain
        problem = problem_after(end, entry)
        if problem:
            return BrokenLink(str(chain), min(entry.seq, end.seq + 1), problem)
        end = Link(entry.seq, entry.hash)
    if end != Link(chain.seq, chain.hash):
        return BrokenLink(str(chain), end.seq + 1, "missing at the end")
    newest = entries.aggregate(newest=Max("seq"))["newest"] or 0
    now = AuditChain.objects.get(id=chain.id).seq
    return BrokenLink(str(chain), now + 1, "added past the end") if newest > now else None


def problem_after(before: Link, entry: AuditEntry) -> str:
    """What is wrong with an entry as the one that follows `before`; empty when nothing is."""
    if entry.seq <= before.seq:
        return "put in"
    if entry.seq != before.seq + 1:
        return "missing"
    if entry.previous_hash != before.hash:
        return "does not follow the entry before it"
    return "" if hmac.compare_digest(entry.hash, link(entry)) else "changed"


def release(chain: AuditChain, last: Link) -> int:
    """Takes the entries up to `last` out of the table: they are in a signed file. Returns how many went.

    Called in the transaction that records it, with the chain's row locked. What somebody put in behind the seal stays, for `verify` to name.
    """
    if not AuditEntry.objects.filter(chain=chain, seq=last.seq, hash=last.hash).exists():
        raise AppendOnly
    # past the manager's own delete, which refuses
    released: QuerySet[AuditEntry] = QuerySet(AuditEntry).filter(
        chain=chain, seq__gt=chain.sealed_seq, seq__lte=last.seq
    )
    gone, _ = released.delete()
    if gone != last.seq - chain.sealed_seq:
        raise AppendOnly
    AuditChain.objects.filter(id=chain.id).update(sealed_seq=last.seq, sealed_hash=last.hash)
    return gone
