"""Reads of the audit chain. In: a tenant and a scope the gate was asked about. Out: entries there and below, newest first."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry, Tenant
from portal.config.prefixes import begins


@dataclass(frozen=True)
class Filters:
    who: str = ""
    family: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


def entries_at(tenant: Tenant, scope: str) -> "QuerySet[AuditEntry]":
    """The tenant's own scope shows its whole chain; any other, what happened there and in whatever lies in it."""
    entries = AuditEntry.objects.filter(chain__tenant=tenant)
    key = scope.rstrip("/").lower()
    if key == tenant.scope.lower():
        return entries
    return entries.filter(begins("scope_key", key)).filter(
        Q(scope_key=key) | Q(scope_key__startswith=key + "/")
    )


def search(entries: "QuerySet[AuditEntry]", filters: Filters) -> "QuerySet[AuditEntry]":
    if filters.who:
        entries = entries.filter(_who(filters.who))
    if filters.family:
        entries = entries.filter(begins("action", filters.family))
    if filters.outcome:
        entries = entries.filter(outcome=filters.outcome)
    if filters.since is not None:
        entries = entries.filter(at__gte=filters.since)
    if filters.until is not None:
        entries = entries.filter(at__lt=filters.until)
    return entries


def _who(text: str) -> Q:
    """A principal's id finds all it did, whatever it was called at the time."""
    try:
        return Q(principal_id=UUID(text))
    except ValueError:
        return Q(principal_name__icontains=text)
