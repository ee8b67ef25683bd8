"""Reads of console sessions for review. In: who asks, and filters. Out: rows that the gate lets them see, and what happened during one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import actions
from accounts.access import NotVisible, decide, visible_each
from accounts.audit_names import signing_in_as
from accounts.audit_selectors import entries_at
from accounts.decisions import Resource
from accounts.models import AuditEntry, Tenant
from accounts.principals import Principal
from consoles.models import ConsoleSession
from portal.fleet.models import Subscription, VirtualMachine
from portal.fleet.sealing.reading import older

LIVE_SHOWN = 100
ENTRIES = 200
AROUND = timedelta(seconds=5)
PLACED = ("vm__resource_group", "vm__scale_set__resource_group", "vm__subscription", "subscription")


def sessions_seen(principal: Principal, tenant: Tenant) -> "QuerySet[ConsoleSession]":
    """Of machines that are no more, for whoever may in the subscription; of subscriptions that are no more, in the tenant."""
    rows = ConsoleSession.objects.filter(tenant=tenant)
    if decide(principal, actions.SESSION_READ, tenant).allowed:
        return rows
    machines, subscriptions = visible_each(
        principal,
        [
            (actions.SESSION_READ, VirtualMachine.objects.all()),
            (actions.SESSION_READ, Subscription.objects.all()),
        ],
    )
    held = Q(vm__in=machines.order_by().values("pk"))
    return rows.filter(held | Q(subscription__in=subscriptions.order_by().values("pk")))


def narrowed(
    sessions: "QuerySet[ConsoleSession]", chosen: dict[str, Any], *, by: Principal, tenant: Tenant
) -> "QuerySet[ConsoleSession]":
    """`chosen` holds what SessionFilter understood: who, vm, subscription, since, until."""
    if who := chosen.get("who", "").strip():
        sessions = sessions.filter(_who(who, by, tenant))
    if vm := chosen.get("vm", "").strip():
        sessions = sessions.filter(Q(scope__iexact=vm) if vm.startswith("/") else Q(vm_name__icontains=vm))
    if chosen.get("subscription"):
        sessions = sessions.filter(subscription=chosen["subscription"])
    if chosen.get("since"):
        sessions = sessions.filter(Q(ended_at=None) | Q(ended_at__gte=chosen["since"]))
    if chosen.get("until"):
        sessions = sessions.filter(started_at__lt=chosen["until"])
    return sessions


def _who(text: str, by: Principal, tenant: Tenant) -> Q:
    """A person's id finds them whatever they were called, and so may what they sign in with; an address is where they came from."""
    try:
        return Q(principal_id=UUID(text))
    except ValueError:
        found = Q(principal_name__icontains=text) | Q(address=text)
        return found | Q(principal_id__in=signing_in_as(by, tenant, text))


def session_at(session_id: UUID) -> ConsoleSession:
    """Who calls this asks the gate, about `resource_of`, before anybody hears of it."""
    found = ConsoleSession.objects.select_related("tenant", *PLACED).filter(id=session_id).first()
    if found is None:
        raise NotVisible
    return found


def resource_of(session: ConsoleSession) -> Resource:
    """What rights over it are asked about: its machine, or what is left of where it was."""
    return session.vm or session.subscription or session.tenant


def entries_of(session: ConsoleSession) -> tuple[list[AuditEntry], bool]:
    """What was done on the machine while it lasted, by anybody, first things first, and whether that is surely all of it.

    What was sealed since is read from its files, for as long as a page may take. Callers ask the gate for AUDIT_READ first.
    """
    since, until = session.started_at - AROUND, (session.ended_at or timezone.now()) + AROUND
    during = entries_at(session.tenant, session.scope).filter(at__gte=since, at__lte=until)
    kept = list(during.order_by("at", "id")[:ENTRIES])
    if len(kept) == ENTRIES:
        return kept, False
    key = session.scope.lower()
    sealed = older(
        session.tenant_id,
        lambda entry: entry.scope_key == key or entry.scope_key.startswith(f"{key}/"),
        since=since,
        until=until,
        most=ENTRIES - len(kept),
    )
    return [*reversed(sealed.entries), *kept], not sealed.unreadable and sealed.before is None
