"""The filters of audit_selectors, for entries that are in no table any more. In: a scope and filters. Out: whether an entry fits."""

from collections.abc import Callable

from accounts.audit_selectors import Filters
from accounts.models import AuditEntry, Tenant
from accounts.models.audit_keys import PORTS

LENGTH = len("/subscriptions/") + 36


def fitting(tenant: Tenant, scope: str, filters: Filters) -> Callable[[AuditEntry], bool]:
    key = scope.rstrip("/").lower()
    whole = key == tenant.scope.lower()

    def fits(entry: AuditEntry) -> bool:
        here = whole or entry.scope_key == key or entry.scope_key.startswith(key + "/")
        return (
            here and _is_exact(entry, filters) and _is_one_of(entry, filters) and _is_in_time(entry, filters)
        )

    return fits


def _is_exact(entry: AuditEntry, filters: Filters) -> bool:
    found = {
        "principal_id": entry.principal_id,
        "subscription": entry.scope_key[:LENGTH],
        "family": entry.action.split("/")[0],
        "outcome": entry.outcome,
        "address": entry.address,
        "request_id": entry.request_id,
    }
    return all(found[name] == value for name, value in filters.exact.items())


def _is_one_of(entry: AuditEntry, filters: Filters) -> bool:
    place = entry.scope_key.split(PORTS)[0]
    return _is_by_one_of(entry, filters) and (filters.places is None or place in filters.places)


def _is_by_one_of(entry: AuditEntry, filters: Filters) -> bool:
    names, people = filters.names, filters.people
    if names is None and people is None:
        return True
    return entry.principal_name in (names or []) or entry.principal_id in (people or [])


def _is_in_time(entry: AuditEntry, filters: Filters) -> bool:
    return (filters.since is None or entry.at >= filters.since) and (
        filters.until is None or entry.at < filters.until
    )
