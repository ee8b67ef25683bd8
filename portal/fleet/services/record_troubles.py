"""Records that are not kept as promised. In: what the archive's jobs and readers come upon. Out: one open trouble of each kind and storage account, told of to the tenant's targets.

Called for a thousand pieces, twice, or by two at once, it is one.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.fleet.alerts.making import tell_of_records
from portal.fleet.models import RecordTrouble, RecordTroubleKind, VirtualMachine

SEEN_EVERY = timedelta(seconds=30)
KEPT = timedelta(days=90)  # of what is over
LASTING = (
    RecordTroubleKind.STORE_AWAY,
)  # it may pass by itself, so it is told of only when somebody says so
WITHOUT_END = (RecordTroubleKind.OUTPUT_LOST,)  # what is lost stays lost


@transaction.atomic
def begin_trouble(
    *, tenant_id: UUID, account_id: int | None, kind: str, vm_id: int | None = None
) -> RecordTrouble:
    now = timezone.now()
    trouble, is_new = RecordTrouble.objects.get_or_create(
        tenant_id=tenant_id,
        account_id=account_id,
        kind=kind,
        ended_at=None,
        defaults={"vm": _there(vm_id), "began_at": now, "seen_at": now},
    )
    if is_new:
        RecordTrouble.objects.filter(tenant_id=tenant_id, ended_at__lt=now - KEPT).delete()
        if kind not in LASTING:
            tell_of_trouble(trouble=trouble)
    elif now - trouble.seen_at > SEEN_EVERY and not _still(trouble).update(seen_at=now):
        return begin_trouble(tenant_id=tenant_id, account_id=account_id, kind=kind, vm_id=vm_id)
    return trouble


@transaction.atomic
def tell_of_trouble(*, trouble: RecordTrouble, machines: int = 0, waiting_bytes: int = 0) -> bool:
    """Once; from then on the figures alone are kept up to date."""
    figures = {"machines": machines, "waiting_bytes": waiting_bytes}
    untold = RecordTrouble.objects.filter(id=trouble.id, ended_at=None, told_at=None)
    if untold.update(told_at=timezone.now(), **figures):
        tell_of_records(trouble)
        return True
    if (trouble.machines, trouble.waiting_bytes) != (machines, waiting_bytes):
        RecordTrouble.objects.filter(id=trouble.id, ended_at=None).update(**figures)
    return False


@transaction.atomic
def end_trouble(*, trouble: RecordTrouble) -> bool:
    """Unless it was seen again, or told of, since this row was read. Of what nobody was told nothing remains."""
    mine = _still(trouble).filter(seen_at=trouble.seen_at, told_at=trouble.told_at)
    if trouble.told_at is None:
        return bool(mine.delete()[0])
    ended = bool(mine.update(ended_at=timezone.now()))
    if ended and trouble.kind not in WITHOUT_END:
        tell_of_records(trouble, is_over=True)
    return ended


def _still(trouble: RecordTrouble) -> "QuerySet[RecordTrouble]":
    return RecordTrouble.objects.filter(id=trouble.id, ended_at=None)


def _there(vm_id: int | None) -> VirtualMachine | None:
    """It may have been removed a moment ago."""
    return VirtualMachine.objects.filter(id=vm_id).first() if vm_id else None
