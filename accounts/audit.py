"""Writes what happened, in the transaction of the act itself: one gapless chain per tenant, each link keyed to the one before.

In: who, what, where, how it ended. Out: an AuditEntry; nothing else in Homeport creates one.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import AuditChain, AuditEntry
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
    with transaction.atomic():
        chain = _locked_chain(tenant_id)
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


def _locked_chain(tenant_id: UUID | None) -> AuditChain:
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
class BrokenLink:
    chain: str
    seq: int
    problem: str


def verify() -> Iterator[BrokenLink]:
    """The first broken link of every chain that has one."""
    for chain in AuditChain.objects.select_related("tenant").order_by("id"):
        broken = _first_broken(chain)
        if broken is not None:
            yield broken


def _first_broken(chain: AuditChain) -> BrokenLink | None:
    """Up to the end as it was when the chain was read: the log of a running portal grows meanwhile."""
    seq, previous = 0, ""
    entries = AuditEntry.objects.filter(chain=chain)
    for entry in entries.filter(seq__lte=chain.seq).order_by("seq").iterator(chunk_size=2000):
        entry.chain = chain
        if entry.seq != seq + 1:
            return BrokenLink(str(chain), seq + 1, "missing")
        if entry.previous_hash != previous:
            return BrokenLink(str(chain), entry.seq, "does not follow the entry before it")
        if not hmac.compare_digest(entry.hash, link(entry)):
            return BrokenLink(str(chain), entry.seq, "changed")
        seq, previous = entry.seq, entry.hash
    if (seq, previous) != (chain.seq, chain.hash):
        return BrokenLink(str(chain), seq + 1, "missing at the end")
    newest = entries.aggregate(newest=Max("seq"))["newest"] or 0
    end = AuditChain.objects.get(id=chain.id).seq
    return BrokenLink(str(chain), end + 1, "added past the end") if newest > end else None
