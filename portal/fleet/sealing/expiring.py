"""Deletes sealed files whose time is over. In: a tenant's retention. Out: whole files gone, each recorded; its row, signed anew, still proves the chain.

A file's row says that it is on its way out, then the file goes, then the row says that it is deleted. Stores are asked in between: no hold
and no other writer waits for one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import actions, audit, principals
from accounts.models import Tenant
from portal.fleet.models.records import AuditSeal, LegalHold, Retention
from portal.fleet.sealing import keys
from portal.fleet.sealing.files import statement
from portal.fleet.sealing.lines import Altered
from portal.fleet.sealing.reading import open_seal
from portal.fleet.services.holds import covers, in_force, let_holds_wait
from portal.fleet.stores.base import Missing, StoreTrouble
from portal.fleet.stores.opening import store_of
from portal.fleet.stores.patience import TurnOver, limited

PATIENCE = 10.0  # with one file


@dataclass
class Turn:
    """`after` is where the next one goes on: None once every file was looked at. `trouble` is what the first store said that did not answer."""

    deleted: int = 0
    after: int | None = None
    trouble: Exception | None = None


def due() -> list[UUID]:
    settings = Retention.objects.exclude(audit_days=None)
    return [one.tenant_id for one in settings if _old(one).exists()]


def _old(retention: Retention) -> "QuerySet[AuditSeal]":
    before = timezone.now() - timedelta(days=retention.audit_days or 0)
    old = AuditSeal.objects.filter(chain__tenant_id=retention.tenant_id, deleted_at=None, last_at__lt=before)
    return old.select_related("chain", "account").order_by("first_seq")


def expire_audit(*, tenant_id: UUID, seconds: float, after: int = 0) -> Turn:
    """The oldest first. What a hold keeps, and all that is in an account that does not answer, stops nothing else."""
    settings = Retention.objects.exclude(audit_days=None).select_related("tenant")
    retention = settings.filter(tenant_id=tenant_id).first()
    until, turn, away = monotonic() + seconds, Turn(), set[int | None]()
    while retention and (seal := _old(retention).filter(first_seq__gt=after).first()):
        after = seal.first_seq
        try:
            turn.deleted += 0 if seal.account_id in away else _expire(retention.tenant, seal)
        except (StoreTrouble, TurnOver) as trouble:
            away.add(seal.account_id)
            turn.trouble = turn.trouble or trouble
        if monotonic() > until:
            turn.after = after
            break
    return turn


def _expire(tenant: Tenant, seal: AuditSeal) -> int:
    """Raises StoreTrouble, or TurnOver where the store takes too long. Whoever is killed begins again, and does no more than what is left."""
    holds = list(in_force(tenant.id))
    if _is_held(tenant, seal, holds):
        _stays(seal)
        return 0
    if not _may_leave(tenant, seal, holds):
        return 0
    with limited(PATIENCE):
        store_of(seal.account).delete(seal.blob)
    return _say_deleted(tenant, seal)


def _is_held(tenant: Tenant, seal: AuditSeal, holds: Collection[LegalHold]) -> bool:
    """One entry on hold keeps its whole file; so does not knowing what is in it, unless it went before there was a hold."""
    if not holds:
        return False
    if seal.leaving_at is None and any(covers(hold, tenant.scope.lower()) for hold in holds):
        return True
    try:
        with limited(PATIENCE):
            entries = open_seal(seal)
    except Missing:
        return seal.leaving_at is None
    except Altered:
        return True
    return any(covers(hold, entry.scope_key) for hold in holds for entry in entries)


def _stays(seal: AuditSeal) -> None:
    if seal.leaving_at:
        AuditSeal.objects.filter(id=seal.id, deleted_at=None).update(leaving_at=None)


@transaction.atomic
def _may_leave(tenant: Tenant, seal: AuditSeal, asked: Collection[LegalHold]) -> bool:
    """Not where somebody put a hold meanwhile: the file is asked about that one the next time."""
    let_holds_wait(tenant.id)
    if set(in_force(tenant.id)) - set(asked):
        return False
    return bool(AuditSeal.objects.filter(id=seal.id, deleted_at=None).update(leaving_at=timezone.now()))


@transaction.atomic
def _say_deleted(tenant: Tenant, seal: AuditSeal) -> int:
    audit.locked_chain(tenant.id)
    seal.deleted_at = timezone.now()
    mine = AuditSeal.objects.filter(id=seal.id, deleted_at=None)
    if not mine.update(deleted_at=seal.deleted_at, signature=keys.sign(statement(seal))):
        return 0
    audit.record(
        by=principals.system("retention"),
        action=actions.AUDIT_EXPIRE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={
            "first": seal.first_seq,
            "last": seal.last_seq,
            "until": seal.last_at.isoformat(),
            "file": seal.blob,
            "sha256": seal.sha256,
        },
    )
    return 1
