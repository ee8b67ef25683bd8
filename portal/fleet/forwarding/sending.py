"""Brings the entries of one audit chain to one target, in their order. In: a target's id. Out: how many arrived; the row knows the last that surely did.

Claimed by a conditional update, so that two jobs never send at a time; nothing but the sender's end or the clock ends a claim. Whoever
dies in the middle has advanced nothing that did not arrive, so what arrived last may come twice.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from accounts.audit_told import as_json
from accounts.models import AuditEntry
from portal.fleet.forwarding import message, syslog
from portal.fleet.forwarding.entries import Following
from portal.fleet.forwarding.selectors import NEWEST
from portal.fleet.models import ForwardTarget
from portal.fleet.targets import failures, webhooks
from portal.fleet.targets.failures import NotDelivered, pause_after
from portal.fleet.targets.turns import in_turn

CLAIM = timedelta(minutes=2)  # longer than any job takes
SECONDS = 5.0  # of one turn: what has begun by then is ended, and others have theirs


def waiting(most: int) -> list[UUID]:
    """Those of the chain first that had its turn longest ago; one that somebody sends of just now has it still."""
    behind = _free(timezone.now()).alias(newest=NEWEST).filter(newest__gt=F("done_seq"))
    return list(in_turn(behind, "claimed_until").values_list("id", flat=True)[:most])


def forward(target_id: UUID) -> int:
    now = timezone.now()
    claim = now + CLAIM
    if not _free(now).filter(id=target_id).update(claimed_until=claim):
        return 0
    target = ForwardTarget.objects.select_related("tenant").get(id=target_id)
    sent = 0
    try:
        for batch in _batches(target, claim):
            deliver(target, batch)
            sent += len(batch)
            _arrived(target, batch[-1].seq, claim)
    except NotDelivered as failed:
        _failed(target, failed.code, claim)
    except JobTimeoutException:  # it took a byte at a time, for as long as a worker has
        _failed(target, failures.SILENT, claim)
    else:
        _held(target, claim).update(claimed_until=None, next_try_at=None)
    return sent


def deliver(target: ForwardTarget, entries: Sequence[AuditEntry]) -> None:
    if target.is_webhook:
        _post(target, "audit", [as_json(entry) for entry in entries])
    else:
        tenant = _slug(target)
        told = [message.as_syslog(entry, tenant) for entry in entries]
        syslog.send(target.address, target.authority, told)


def deliver_test(target: ForwardTarget) -> None:
    if target.is_webhook:
        _post(target, "test", [])
    else:
        test = message.as_test(_slug(target), timezone.now())
        syslog.send(target.address, target.authority, [test])


def _post(target: ForwardTarget, kind: str, entries: list[dict[str, object]]) -> None:
    tenant = {"id": str(target.tenant_id), "name": _slug(target)} if target.tenant_id else None
    webhooks.send(target, {"kind": kind, "tenant": tenant, "entries": entries})


def _slug(target: ForwardTarget) -> str:
    return target.tenant.slug if target.tenant else ""


def _batches(target: ForwardTarget, claim: datetime) -> Iterator[list[AuditEntry]]:
    until, done, following = time.monotonic() + SECONDS, target.done_seq, Following(target)
    while time.monotonic() < until and _may_go_on(target, claim) and (batch := following.after(done)):
        yield batch
        done = batch[-1].seq


def _free(now: datetime) -> "QuerySet[ForwardTarget]":
    due = Q(next_try_at=None) | Q(next_try_at__lte=now)
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lte=now)
    return ForwardTarget.objects.filter(due, unclaimed, enabled=True)


def _held(target: ForwardTarget, claim: datetime) -> "QuerySet[ForwardTarget]":
    """Only while the claim is ours: who comes late changes nothing."""
    return ForwardTarget.objects.filter(id=target.id, claimed_until=claim)


def _may_go_on(target: ForwardTarget, claim: datetime) -> bool:
    """Not once it was turned off, or somebody else may have taken over."""
    return timezone.now() < claim and _held(target, claim).filter(enabled=True).exists()


def _arrived(target: ForwardTarget, seq: int, claim: datetime) -> None:
    target.tries = 0
    told = {"done_seq": seq, "tries": 0, "last_ok_at": timezone.now(), "last_error": ""}
    _held(target, claim).update(**told)


def _failed(target: ForwardTarget, reason: str, claim: datetime) -> None:
    now = timezone.now()
    tries = target.tries + 1
    told = {"tries": tries, "last_error": reason, "last_error_at": now}
    _held(target, claim).update(claimed_until=None, next_try_at=now + pause_after(tries), **told)
