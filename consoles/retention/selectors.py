"""Reads of the page on records. In: a tenant and who asks. Out: its holds, sealed files and deletions, and what else can be held or deleted."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils import timezone

from accounts import actions
from accounts.access import visible_each
from accounts.models import AuditChain, AuditEntry, Tenant
from accounts.principals import Principal
from consoles.models import ArchivedPiece, Erasure, LineArchive, PieceState
from consoles.retention.naming import with_names
from portal.config.prefixes import begins
from portal.fleet.alerts.selectors import open_troubles
from portal.fleet.models import RecordTroubleKind, ResourceGroup, Subscription, VirtualMachine
from portal.fleet.models.records import AuditSeal, LegalHold, Retention
from portal.fleet.places import Place, place_of

NEWEST, MOST = 20, 10


@dataclass
class Match:
    place: Place
    may_hold: bool = False
    may_erase: bool = False


@dataclass
class Damaged:
    """Recorded output of one line that its store has not, or has not as it was put there."""

    scope: str
    line_id: UUID
    size: int
    since: datetime


def records_of(tenant: Tenant) -> dict[str, Any]:
    seals = AuditSeal.objects.filter(chain__tenant=tenant)
    holds, kept = LegalHold.objects.filter(tenant=tenant), Q(deleted_at=None)
    return {
        "holds": with_names(tenant, holds.order_by(F("ended_at").desc(nulls_first=True))[:NEWEST]),
        "erasures": with_names(tenant, Erasure.objects.filter(tenant=tenant)[:NEWEST]),
        "seals": seals.select_related("account").order_by("-first_seq")[:MOST],
        "sealed": seals.aggregate(
            files=Count("id", filter=kept), bytes=Sum("stored_bytes", filter=kept), until=Max("last_at")
        ),
        "chain": AuditChain.objects.filter(tenant=tenant).first(),
        "damaged_seals": seals.filter(kept, damaged_at__isnull=False).select_related("account")[:MOST],
        "damaged_lines": _damaged(tenant),
        "checked": _first_in_turn(tenant, seals.filter(kept)),
        "troubles": open_troubles(tenant.pk).exclude(kind=RecordTroubleKind.DAMAGE),  # each line is named
    }


def next_seal(retention: Retention) -> datetime | None:
    """From when the oldest entry is old enough; None where nothing is to be sealed. Whole days of UTC leave the database."""
    days = retention.seal_after_days
    if not days or not retention.seal_account_id:
        return None
    entries = AuditEntry.objects.filter(chain__tenant=retention.tenant_id).order_by("seq")
    oldest = entries.values_list("at", flat=True).first()
    day = (oldest or timezone.now()).astimezone(UTC).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), UTC)


def _damaged(tenant: Tenant) -> list[Damaged]:
    """Each with how much of its log cannot be read: the largest first."""
    pieces = ArchivedPiece.objects.filter(tenant=tenant, state=PieceState.DAMAGED).order_by()
    lines = pieces.values("line_id").annotate(size=Sum(F("end") - F("start")), since=Min("damaged_at"))
    worst = {row["line_id"]: row for row in lines.order_by("-size")[:MOST]}
    found = LineArchive.objects.in_bulk(list(worst))
    shown = [found[line_id] for line_id in worst if line_id in found]
    return with_names(tenant, [Damaged(one.scope, **worst[one.line_id]) for one in shown])


def _first_in_turn(tenant: Tenant, seals: "QuerySet[AuditSeal]") -> datetime | None:
    """When it was read back last: everything else was since."""
    pieces = ArchivedPiece.objects.filter(tenant=tenant, state=PieceState.KEPT)
    found = (rows.aggregate(at=Min("checked_at"))["at"] for rows in (pieces, seals))
    return min((at for at in found if at), default=None)


def matches(principal: Principal, text: str) -> list[Match]:
    """Machines, subscriptions and resource groups whose names begin so, with what this person may do to their records."""
    text = text.strip().lower()
    if not text:
        return []
    held, erased, subscriptions, groups = visible_each(
        principal,
        [
            (actions.HOLD_WRITE, _machines(text)),
            (actions.LOG_DELETE, _machines(text)),
            (actions.HOLD_WRITE, Subscription.objects.filter(name__istartswith=text)),
            (
                actions.HOLD_WRITE,
                ResourceGroup.objects.filter(name__istartswith=text).select_related("subscription"),
            ),
        ],
    )
    found: dict[str, Match] = {}
    for rows, may in (
        (held, "may_hold"),
        (erased, "may_erase"),
        (subscriptions, "may_hold"),
        (groups, "may_hold"),
    ):
        _mark(found, rows[:MOST], may)
    return list(found.values())


def _mark(found: dict[str, Match], rows: "QuerySet[Any]", may: str) -> None:
    for row in rows:
        setattr(found.setdefault(row.scope_key, Match(place_of(row))), may, True)


def _machines(text: str) -> "QuerySet[VirtualMachine]":
    rows = VirtualMachine.objects.select_related("subscription", "resource_group", "scale_set")
    return rows.filter(begins("name_key", text)).order_by("name_key", "id")
