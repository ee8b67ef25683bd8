"""The newest audit entries for a page's side: of a tenant, or of some scopes in it. Callers ask the gate first."""

from collections.abc import Iterable
from uuid import UUID

from accounts.models import AuditEntry

SHOWN = 8


def recent(tenant_id: UUID, scopes: Iterable[str] = ()) -> list[AuditEntry]:
    entries = AuditEntry.objects.filter(chain__tenant_id=tenant_id)
    keys = [scope.lower() for scope in scopes]
    if keys:
        entries = entries.filter(scope_key__in=keys)
    return list(entries.order_by("-at", "-id")[:SHOWN])
