"""The newest audit entries for a page's side: of a tenant, or of one machine by its scope. Callers ask the gate first."""

from uuid import UUID

from django.db.models import Q

from accounts.audit_selectors import entries_of
from accounts.models import AuditEntry

SHOWN = 8


def recent(tenant_id: UUID, machine: str = "") -> list[AuditEntry]:
    entries = entries_of(tenant_id)
    if machine:
        entries = entries.filter(Q(place=machine.lower()))
    return list(entries.order_by("-at", "-id")[:SHOWN])
