"""Deletes sealed files whose time is over. In: a tenant's retention. Out: whole files gone, each recorded; its row, signed anew, still proves the chain."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import actions, audit, principals
from portal.fleet.models.records import AuditSeal, LegalHold, Retention
from portal.fleet.sealing import keys
from portal.fleet.sealing.files import statement
from portal.fleet.sealing.reading import UNREADABLE, open_seal
from portal.fleet.services.holds import covers, in_force, let_holds_wait
from portal.fleet.stores.opening import store_of

AT_ONCE = 500


def due() -> list[UUID]:
    settings = Retention.objects.exclude(audit_days=None)
    return [one.tenant_id for one in settings if _old(one).exists()]


def _old(retention: Retention) -> "QuerySet[AuditSeal]":
    before = timezone.now() - timedelta(days=retention.audit_days or 0)
    old = AuditSeal.objects.filter(chain__tenant_id=retention.tenant_id, deleted_at=None, last_at__lt=before)
    return old.select_related("chain__tenant", "account").order_by("first_seq")


def expire_audit(*, tenant_id: UUID) -> int:
    """The object goes first: whoever is killed in between deletes it again, and then says so."""
    retention = Retention.objects.exclude(audit_days=None).get(tenant_id=tenant_id)
    deleted = 0
    for seal in list(_old(retention)[:AT_ONCE]):
        deleted += _delete(tenant_id, seal)
    return deleted


@transaction.atomic
def _delete(tenant_id: UUID, seal: AuditSeal) -> int:
    let_holds_wait(tenant_id)
    if _is_held(seal, list(in_force(tenant_id))):
        return 0
    store_of(seal.account).delete(seal.blob)
    return _say_deleted(seal)


def _is_held(seal: AuditSeal, holds: list[LegalHold]) -> bool:
    """One entry on hold keeps its whole file; so does not knowing what is in it."""
    if not holds:
        return False
    try:
        entries = open_seal(seal)
    except UNREADABLE:
        return True
    return any(covers(hold, entry.scope_key) for hold in holds for entry in entries)


@transaction.atomic
def _say_deleted(seal: AuditSeal) -> int:
    tenant = seal.chain.tenant
    audit.locked_chain(seal.chain.tenant_id)
    seal.deleted_at = timezone.now()
    mine = AuditSeal.objects.filter(id=seal.id, deleted_at=None)
    if not mine.update(deleted_at=seal.deleted_at, signature=keys.sign(statement(seal))):
        return 0
    audit.record(
        by=principals.system("records"),
        action=actions.AUDIT_EXPIRE,
        scope=tenant.scope if tenant else "/",
        tenant_id=seal.chain.tenant_id,
        details={
            "first": seal.first_seq,
            "last": seal.last_seq,
            "until": seal.last_at.isoformat(),
            "file": seal.blob,
            "sha256": seal.sha256,
        },
    )
    return 1
