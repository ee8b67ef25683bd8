"""Records that somebody looked at what is recorded: once per person, thing and ten minutes, however often a page asks."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q, Subquery
from django.utils import timezone

from accounts import audit
from accounts.models import AuditChain, AuditEntry
from accounts.principals import Principal

ONCE_IN = timedelta(minutes=10)


def note_reading(*, by: Principal, action: str, scope: str, tenant_id: UUID | None, what: str) -> None:
    """`what`: the kind of thing at the scope, such as "log" or "replay"."""
    chain = AuditChain.objects.filter(Q(tenant_id=tenant_id)).values("id")
    recent = AuditEntry.objects.filter(
        chain_id=Subquery(chain),
        principal_id=by.id,
        at__gt=timezone.now() - ONCE_IN,
        action=action,
        scope_key=scope.lower(),
        outcome="succeeded",
    )
    details = recent.order_by().values_list("details", flat=True)
    if not any(one.get("read") == what for one in details):
        audit.record(by=by, action=action, scope=scope, tenant_id=tenant_id, details={"read": what})
