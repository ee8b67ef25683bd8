"""An audit entry as it is written out: its values without the model, which costs a third more for each of a million."""

from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import AuditEntry


class Told(NamedTuple):
    pk: int
    seq: int
    at: datetime
    principal_kind: str
    principal_id: UUID | None
    principal_name: str
    on_behalf_of: str
    action: str
    scope: str
    outcome: str
    error_code: str
    address: str
    request_id: str
    details: dict[str, Any]
    previous_hash: str
    hash: str


_values = attrgetter(*Told._fields)


def told(entries: "QuerySet[AuditEntry]") -> list[Told]:
    return [Told._make(values) for values in entries.values_list(*Told._fields)]


def told_of(entry: AuditEntry) -> Told:
    return Told._make(_values(entry))
