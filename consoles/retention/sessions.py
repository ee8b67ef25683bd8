"""Deletes the rows of console sessions whose time is over. In: each tenant's retention and holds. Out: how many went, recorded with them."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import actions, audit
from accounts.models import Tenant
from accounts.principals import Principal
from consoles.models import ConsoleSession
from portal.fleet.services.holds import in_force, let_holds_wait
from portal.fleet.services.retention import retention_of

AT_ONCE = 5000


def prune_sessions(*, by: Principal) -> int:
    return sum(_prune(by, tenant) for tenant in Tenant.objects.order_by("id"))


def _prune(by: Principal, tenant: Tenant) -> int:
    days = retention_of(tenant).session_days
    if days is None:
        return 0
    old = ConsoleSession.objects.filter(tenant=tenant, ended_at__lt=timezone.now() - timedelta(days=days))
    gone = 0
    while count := _delete(by, tenant, days, old):
        gone += count
    return gone


def not_held(tenant: Tenant, sessions: "QuerySet[ConsoleSession]") -> "QuerySet[ConsoleSession]":
    for hold in in_force(tenant.id):
        if hold.scope_key == tenant.scope.lower():
            return sessions.none()
        sessions = sessions.exclude(Q(scope__iexact=hold.scope) | Q(scope__istartswith=hold.scope + "/"))
    return sessions


@transaction.atomic
def _delete(by: Principal, tenant: Tenant, days: int, old: "QuerySet[ConsoleSession]") -> int:
    let_holds_wait(tenant.id)
    ids = list(not_held(tenant, old).order_by().values_list("id", flat=True)[:AT_ONCE])
    ConsoleSession.objects.filter(id__in=ids).delete()
    if count := len(ids):
        audit.record(
            by=by,
            action=actions.SESSION_EXPIRE,
            scope=tenant.scope,
            tenant_id=tenant.id,
            details={"sessions": count, "ended_more_than_days_ago": days},
        )
    return count
