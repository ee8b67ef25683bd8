"""Reads of the page on records. In: a tenant and who asks. Out: its holds, sealed files and deletions, and what else can be held or deleted."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from accounts import actions
from accounts.access import visible_each
from accounts.models import AuditChain, Tenant
from accounts.principals import Principal
from consoles.models.archive import Erasure
from consoles.retention.naming import with_names
from portal.config.prefixes import begins
from portal.fleet.models import ResourceGroup, Subscription, VirtualMachine
from portal.fleet.models.records import AuditSeal, LegalHold
from portal.fleet.places import Place, place_of

NEWEST, MOST = 20, 10


@dataclass
class Match:
    place: Place
    may_hold: bool = False
    may_erase: bool = False


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
    }


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
