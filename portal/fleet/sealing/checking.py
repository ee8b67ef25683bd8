"""Sealed files are read back, the one that waited longest first. In: a budget. Out: each compared with its seal; what is damaged is marked and told of once, until it is whole again."""

from datetime import timedelta

import structlog
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.lines import Altered
from portal.fleet.sealing.reading import open_seal
from portal.fleet.stores.base import Missing
from portal.fleet.stores.reading_back import longest_ago, read_back

log = structlog.get_logger(__name__)
ASKED = Q(tried_at__gt=F("sealed_at"))  # else it was only written
NO_MORE = timedelta(days=1)  # retention tries every hour, unless it keeps it after all


def check_seals(*, most: int, seconds: float) -> int:
    """How many bytes were read."""
    return read_back(Seals(), most=most, seconds=seconds)


class Seals:
    """A chain is a tenant's. What retention is about to delete is looked for no more."""

    def in_turn(self) -> list[int]:
        return longest_ago(_kept(), "chain", ASKED)

    def accounts(self, chain: int) -> list[int | None]:
        return longest_ago(_kept().filter(chain=chain), "account", ASKED)

    def rows(self, chain: int) -> tuple["QuerySet[AuditSeal]", "QuerySet[AuditSeal]"]:
        seals = _kept().filter(chain=chain).select_related("chain", "account")
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

    def note(self, row: AuditSeal, why: str) -> None:
        """Retention may have deleted the file meanwhile, and has said so before."""
        mine, now = _kept().filter(id=row.id), timezone.now()
        if why and mine.filter(damaged_at=None).update(damaged_at=now):
            log.error("sealed_file_damaged", name=row.blob, why=why)
        if not why and mine.exclude(damaged_at=None).update(damaged_at=None):
            log.info("sealed_file_whole_again", name=row.blob)
        mine.update(checked_at=now, tried_at=now)


def _kept() -> "QuerySet[AuditSeal]":
    stays = Q(leaving_at=None) | Q(leaving_at__lt=timezone.now() - NO_MORE)
    return AuditSeal.objects.filter(stays, deleted_at=None)
