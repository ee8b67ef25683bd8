"""From what somebody typed to what the chain is asked for. In: cleaned words, a tenant. Out: Filters, and Filters as a job keeps them."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.audit_names import names_with
from accounts.audit_selectors import Filters
from accounts.models import Tenant
from accounts.models.audit_keys import PORTS
from portal.config.commands import as_uuid
from portal.fleet.models import VirtualMachine

MOST = 100  # machines that one name may stand for


def people(tenant: Tenant, typed: str) -> dict[str, Any]:
    """An id finds all that its principal did, whatever it was called at the time."""
    if not typed:
        return {}
    person = as_uuid(typed)
    return {"person": person} if person else {"names": names_with(tenant.id, typed)}


def machines(tenant: Tenant, typed: str) -> dict[str, Any]:
    """By name, whole or in part; one that is gone, by its scope."""
    if not typed:
        return {}
    key = typed.lower().rstrip("/")
    if key.startswith("/"):
        return {"places": [key.split(PORTS)[0]]}
    named = VirtualMachine.objects.filter(tenant=tenant).order_by("name_key", "id")
    for condition in ({"name_key": key}, {"name_key__contains": key}):
        found = list(named.filter(**condition).values_list("scope_key", flat=True)[:MOST])
        if found:
            return {"places": found}
    return {"places": []}


def to_json(filters: Filters) -> dict[str, Any]:
    kept = {one.name: getattr(filters, one.name) for one in fields(filters) if one.init}
    return {name: _plain(value) for name, value in kept.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def from_json(kept: dict[str, Any]) -> Filters:
    known = dict(kept)
    for name in ("since", "until"):
        if name in known:
            known[name] = datetime.fromisoformat(known[name])
    if "person" in known:
        known["person"] = UUID(known["person"])
    return Filters(**known)
