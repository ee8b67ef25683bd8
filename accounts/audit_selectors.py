"""Reads of the audit chain. In: a tenant and a scope the gate was asked about. Out: entries there and below, newest first."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from accounts.models import AuditChain, AuditEntry, Tenant
from accounts.models.audit_keys import PORTS, Family, Place, SubscriptionOf
from portal.config.prefixes import begins

SUBSCRIPTION = re.compile(r"/subscriptions/[0-9a-f-]{36}")


@dataclass(frozen=True)
class Filters:
    """All that is set must hold. `names` or `people`, and `places`: one of them, where there are any; places are keys of scopes, and exact."""

    person: UUID | None = None
    names: list[str] | None = None
    people: list[UUID] | None = None
    places: list[str] | None = None
    subscription: str = ""
    family: str = ""
    outcome: str = ""
    address: str = ""
    request: str = ""
    since: datetime | None = None
    until: datetime | None = None
    exact: dict[str, object] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        columns = {
            "principal_id": self.person,
            "subscription": self.subscription.lower(),
            "family": self.family.rstrip("/"),
            "outcome": self.outcome,
            "address": self.address,
            "request_id": self.request,
        }
        object.__setattr__(self, "exact", {name: value for name, value in columns.items() if value})


def entries_of(tenant_id: UUID | None) -> "QuerySet[AuditEntry]":
    """The chain is a value to the query, not a join: only then are entries read in the order of an index. No tenant: the platform's own."""
    chain = AuditChain.objects.filter(Q(tenant_id=tenant_id)).values("id")
    entries = AuditEntry.objects.filter(chain_id=Subquery(chain))
    return entries.alias(
        place=Place("scope_key"), subscription=SubscriptionOf("scope_key"), family=Family("action")
    )


def entries_at(tenant: Tenant, scope: str) -> "QuerySet[AuditEntry]":
    """The tenant's own scope shows its whole chain; any other, what happened there and in whatever lies in it."""
    entries = entries_of(tenant.id)
    key = scope.rstrip("/").lower()
    if key == tenant.scope.lower():
        return entries
    if SUBSCRIPTION.fullmatch(key):
        return entries.filter(Q(subscription=key))
    if "/virtualmachines/" in key and PORTS not in key:
        return entries.filter(Q(place=key))
    return entries.filter(begins("place", key)).filter(Q(scope_key=key) | Q(scope_key__startswith=key + "/"))


def search(entries: "QuerySet[AuditEntry]", filters: Filters) -> "QuerySet[AuditEntry]":
    """`entries` are those of `entries_of` or `entries_at`."""
    entries = entries.filter(**filters.exact)
    if filters.names is not None or filters.people is not None:
        entries = entries.filter(_by_one_of(filters.names or [], filters.people or []))
    if filters.places is not None:
        entries = entries.filter(_one_of("place", filters.places))
    if filters.since is not None:
        entries = entries.filter(at__gte=filters.since)
    if filters.until is not None:
        entries = entries.filter(at__lt=filters.until)
    return entries


def _by_one_of(names: list[str], people: list[UUID]) -> Q:
    if not people:
        return _one_of("principal_name", names)
    ids = _one_of("principal_id", people)
    return _one_of("principal_name", names) | ids if names else ids


def _one_of(column: str, values: list[str] | list[UUID]) -> Q:
    """Equality where there is one: then the index has them in the order of the page."""
    return Q(**{column: values[0]}) if len(values) == 1 else Q(**{f"{column}__in": values})


def by_whom(text: str) -> Q:
    """A principal's id finds all it did, whatever it was called at the time. For the few who read all chains."""
    try:
        return Q(principal_id=UUID(text))
    except ValueError:
        return Q(principal_name__icontains=text)
