"""Machines that were removed, and whose recorded output is still kept. In: a tenant, and how their names begin. Out: the largest of them, each with its scope and how much there is."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts import actions
from accounts.models import Tenant
from accounts.reach import Reach
from consoles.archive.erasing import removed_from
from consoles.models import ArchivedPiece, Erasure, PieceState
from consoles.retention.naming import with_names

MOST = 20
SECOND = 1000


@dataclass
class Removed:
    """`where` is its name with those of what it lay in; `until` is when it printed last."""

    scope: str
    size: int
    until: datetime
    may_erase: bool
    where: str = ""


def removed_machines(tenant: Tenant, held: Reach, text: str) -> list[Removed]:
    """One more than a page shows, where there are more."""
    found = _kept(tenant.id)
    if text.strip():
        found = found.filter(scope__icontains=f"/virtualmachines/{text.strip()}")
    by_scope = found.values("scope").order_by().annotate(bytes=Sum("kept"), last=Max("last_ms"))
    rows = [
        Removed(
            scope=row["scope"],
            size=row["bytes"],
            until=datetime.fromtimestamp(row["last"] / SECOND, UTC),
            may_erase=held.at(actions.LOG_DELETE, row["scope"]),
        )
        for row in by_scope.order_by("-bytes", "scope")[: MOST + 1]
    ]
    return with_names(tenant, rows)


def is_kept(tenant: Tenant, scope: str) -> bool:
    return _kept(tenant.id).filter(scope__iexact=scope).exists()


def _kept(tenant_id: UUID) -> "QuerySet[Any]":
    """Lines of which something is kept that nobody has asked to delete."""
    there = ArchivedPiece.objects.filter(line_id=OuterRef("line_id")).exclude(state=PieceState.LEAVING)
    pieces = there.order_by().values("line_id")
    erased = Erasure.objects.filter(line_id=OuterRef("line_id")).order_by().values("line_id")
    kept = pieces.annotate(total=Sum(F("end") - F("start"))).values("total")
    return (
        removed_from(tenant_id)
        .annotate(
            kept=Subquery(kept, output_field=BigIntegerField()),
            end=Subquery(pieces.annotate(most=Max("end")).values("most")),
            last_ms=Subquery(pieces.annotate(most=Max("last_ms")).values("most")),
            erased=Coalesce(Subquery(erased.annotate(most=Max("before")).values("most")), 0),
        )
        .filter(Q(kept__gt=0), end__gt=F("erased"))
    )
