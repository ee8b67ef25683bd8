"""What a shorter time would delete. In: a tenant and the times that somebody wants. Out: a sentence for each kind of record that goes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Tenant
from consoles.models import ArchivedPiece, ConsoleSession
from consoles.retention.sessions import not_held
from portal.fleet.models.records import AuditSeal

SECOND = 1000


def what_goes(tenant: Tenant, wanted: dict[str, Any]) -> list[str]:
    """Of what is on hold, only sessions are left out: the others are known when their turn comes."""
    sessions = _count(tenant, _sessions, wanted["session_days"])
    lines = _count(tenant, _lines, wanted["log_days"])
    files = _count(tenant, _files, wanted["audit_days"])
    told = [
        (
            sessions,
            ngettext(
                "%(n)d session is older and is deleted.",
                "%(n)d sessions are older and are deleted.",
                sessions,
            ),
        ),
        (
            lines,
            ngettext(
                "Recorded output of %(n)d console goes as far as it is older.",
                "Recorded output of %(n)d consoles goes as far as it is older.",
                lines,
            ),
        ),
        (
            files,
            ngettext(
                "%(n)d signed file of audit entries is older and is deleted.",
                "%(n)d signed files of audit entries are older and are deleted.",
                files,
            ),
        ),
    ]
    return [text % {"n": count} for count, text in told if count]


def _count(
    tenant: Tenant, older: Callable[[Tenant, datetime], "QuerySet[Any, Any]"], days: int | None
) -> int:
    return older(tenant, timezone.now() - timedelta(days=days)).count() if days else 0


def _sessions(tenant: Tenant, limit: datetime) -> "QuerySet[ConsoleSession]":
    return not_held(tenant, ConsoleSession.objects.filter(tenant=tenant, ended_at__lt=limit))


def _lines(tenant: Tenant, limit: datetime) -> "QuerySet[ArchivedPiece, Any]":
    older = ArchivedPiece.objects.filter(tenant=tenant, last_ms__lt=int(limit.timestamp() * SECOND))
    return older.values("line_id").order_by().distinct()


def _files(tenant: Tenant, limit: datetime) -> "QuerySet[AuditSeal]":
    return AuditSeal.objects.filter(chain__tenant=tenant, deleted_at=None, last_at__lt=limit)
