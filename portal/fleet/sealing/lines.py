"""An audit entry as one line of JSON, and back: nothing that its hash covers is lost on the way."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.audit_told import as_json
from accounts.models import AuditChain, AuditEntry


class Altered(Exception):
    """It is not what was sealed; the words say how that was seen."""


def line_of(entry: AuditEntry) -> bytes:
    """`id` is the entry's place among those of all tenants, by which pages go on from one entry to the next."""
    fields = {"id": entry.pk, **as_json(entry)}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def entry_of(line: bytes, chain: AuditChain) -> AuditEntry:
    """Raises Altered."""
    try:
        return _entry(json.loads(line), chain)
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as error:
        raise Altered("it cannot be read") from error


def _entry(said: dict[str, Any], chain: AuditChain) -> AuditEntry:
    who = said["who"]
    return AuditEntry(
        id=said["id"],
        chain=chain,
        seq=int(said["seq"]),
        at=datetime.fromisoformat(said["at"]),
        principal_kind=who["kind"],
        principal_id=UUID(who["id"]) if who["id"] else None,
        principal_name=who["name"],
        on_behalf_of=who["onBehalfOf"],
        action=said["action"],
        scope=said["scope"],
        scope_key=said["scope"].lower(),
        outcome=said["outcome"],
        error_code=said["error"],
        address=said["address"],
        request_id=said["request"],
        details=said["details"],
        previous_hash=said["previousHash"],
        hash=said["hash"],
    )
