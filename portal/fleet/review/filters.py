"""From what somebody typed to what the chain is asked for. In: cleaned words, a tenant. Out: Filters, and Filters as a job keeps them."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.audit_names import names_with, signing_in_as
from accounts.audit_selectors import Filters
from accounts.models import Tenant
from accounts.models.audit_keys import PORTS
from accounts.principals import Principal
from portal.config.commands import as_uuid
from portal.fleet.models import VirtualMachine

MOST = 100  # machines that one name may stand for
TOO_MANY_MACHINES = _("More than %(most)d machines are called that. Type more of the name.")


def people(tenant: Tenant, typed: str, *, by: Principal) -> dict[str, Any]:
    """An id finds all that its principal did, whatever it was called at the time; words, by the names it had, or by the whole of what it signs in with.

    What nobody is called is kept as it was typed: sealed files may hold that name. Raises TooManyNames.
    """
    if not typed:
        return {}
    person = as_uuid(typed)
    if person:
        return {"person": person}
    names, ids = names_with(tenant.id, typed), signing_in_as(by, tenant, typed)
    return {"names": names, "people": ids} if names or ids else {"names": [typed]}


def called_exactly(tenant: Tenant, typed: str, *, by: Principal) -> dict[str, Any]:
    """The same where there are too many names to look into."""
    return {"names": [typed], "people": signing_in_as(by, tenant, typed)}


def is_nobody(found: dict[str, Any]) -> bool:
    return "names" in found and "people" not in found


def machines(tenant: Tenant, typed: str, here: str) -> dict[str, Any]:
    """By name, whole or in part, of those at the scope of the page or below it; one that is gone, by its scope."""
    if not typed:
        return {}
    key = typed.lower().rstrip("/")
    if key.startswith("/"):
        return {"places": [key.split(PORTS)[0]]}
    named = machines_at(tenant, here).order_by("name_key", "id")
    for condition in ({"name_key": key}, {"name_key__contains": key}):
        found = list(named.filter(**condition).values_list("scope_key", flat=True)[: MOST + 1])
        if len(found) > MOST:
            raise ValidationError(TOO_MANY_MACHINES, params={"most": MOST})
        if found:
            return {"places": found}
    return {"places": []}


def machines_at(tenant: Tenant, scope: str) -> "QuerySet[VirtualMachine]":
    machines = VirtualMachine.objects.filter(tenant=tenant)
    key = scope.rstrip("/").lower()
    if key == tenant.scope.lower():
        return machines
    return machines.filter(Q(scope_key=key) | Q(scope_key__startswith=key + "/"))


def to_json(filters: Filters) -> dict[str, Any]:
    kept = {one.name: getattr(filters, one.name) for one in fields(filters) if one.init}
    return {name: _plain(value) for name, value in kept.items() if value not in (None, "")}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value


def from_json(kept: dict[str, Any]) -> Filters:
    known = dict(kept)
    for name in ("since", "until"):
        if name in known:
            known[name] = datetime.fromisoformat(known[name])
    if "person" in known:
        known["person"] = UUID(known["person"])
    if "people" in known:
        known["people"] = [UUID(one) for one in known["people"]]
    return Filters(**known)
