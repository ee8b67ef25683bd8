"""Sealed files are read back, the one that waited longest first. In: a budget. Out: each compared with its seal; what is damaged is marked and told of once, until it is whole again."""

import structlog
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.lines import Altered
from portal.fleet.sealing.reading import open_seal
from portal.fleet.services.holds import let_holds_wait
from portal.fleet.stores.base import Missing
from portal.fleet.stores.reading_back import read_back

log = structlog.get_logger(__name__)


def check_seals(*, most: int, seconds: float) -> int:
    """How many bytes were read."""
    return read_back(Seals(), most=most, seconds=seconds)


class Seals:
    """Of each tenant one chain; that of the portal itself has its turn among them."""

    def in_turn(self) -> list[int]:
        asked = Q(tried_at__gt=F("sealed_at"))  # else it was only written
        turns = _kept().order_by().values("chain").annotate(turn=Max("tried_at", filter=asked))
        return list(turns.order_by(F("turn").asc(nulls_first=True)).values_list("chain", flat=True))

    def rows(self, tenant: int) -> tuple["QuerySet[AuditSeal]", "QuerySet[AuditSeal]"]:
        seals = _kept().filter(chain=tenant).select_related("chain__tenant", "account")
        return seals.filter(damaged_at__isnull=False), seals.filter(damaged_at=None)

    def tried(self, row: AuditSeal) -> None:
        _kept().filter(id=row.id).update(tried_at=timezone.now())

    def read(self, row: AuditSeal) -> tuple[int, str]:
        try:
            open_seal(row)
        except Missing:
            return row.stored_bytes, "it is gone"
        except Altered as altered:
            return row.stored_bytes, str(altered)
        return row.stored_bytes, ""

    @transaction.atomic
    def note(self, row: AuditSeal, why: str) -> None:
        """Retention may have deleted the file meanwhile, and says so before anybody else says what it found."""
        if row.chain.tenant_id:
            let_holds_wait(row.chain.tenant_id)
        mine, now = _kept().filter(id=row.id), timezone.now()
        if why and mine.filter(damaged_at=None).update(damaged_at=now):
            log.error("sealed_file_damaged", name=row.blob, why=why)
        if not why and mine.exclude(damaged_at=None).update(damaged_at=None):
            log.info("sealed_file_whole_again", name=row.blob)
        mine.update(checked_at=now, tried_at=now)


def _kept() -> "QuerySet[AuditSeal]":
    return AuditSeal.objects.filter(deleted_at=None)
