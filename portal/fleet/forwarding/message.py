"""What syslog is told of an audit entry. In: an entry. Out: a message by RFC 5424.

It carries the entry's place in the chain and its hash, as its JSON does, so that whoever keeps them can tell that none is missing.
"""

import json
import socket
from datetime import datetime

from django.conf import settings

from accounts.models import AuditEntry

FACILITY = 13  # "log audit"
SEVERITIES = {"succeeded": 6, "refused": 4, "failed": 3}
NAME = "homeport@32473"  # the number that RFC 5612 keeps for whoever has none of their own
MOST_DETAILS = 4096  # receivers need not take messages of more than 8 KiB
BOM = b"\xef\xbb\xbf"
UNPRINTABLE = dict.fromkeys([*range(32), 127], " ")
ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\", "]": "\\]", **{chr(code): " " for code in UNPRINTABLE}})


def as_syslog(entry: AuditEntry, tenant: str) -> bytes:
    fields = {
        "tenant": tenant,
        "seq": str(entry.seq),
        "principalKind": entry.principal_kind,
        "principalId": str(entry.principal_id or ""),
        "principal": entry.principal_name,
        "onBehalfOf": entry.on_behalf_of,
        "action": entry.action,
        "scope": entry.scope,
        "outcome": entry.outcome,
        "error": entry.error_code,
        "address": entry.address,
        "request": entry.request_id,
        "hash": entry.hash,
        **_details(entry.details),
    }
    text = f"{entry.principal_name} {entry.action} {entry.scope} {entry.outcome} {entry.error_code}"
    return _message(entry.at, SEVERITIES.get(entry.outcome, 5), "audit", fields, text)


def as_test(tenant: str, at: datetime) -> bytes:
    return _message(at, 6, "test", {"tenant": tenant}, "This is a test of Homeport. Nothing happened.")


def _message(at: datetime, severity: int, kind: str, fields: dict[str, str], text: str) -> bytes:
    told = "".join(f' {name}="{value.translate(ESCAPES)}"' for name, value in fields.items() if value)
    head = f"<{FACILITY * 8 + severity}>1 {_time(at)} {_host()} homeport - {kind} [{NAME}{told}] "
    return head.encode() + BOM + text.strip().translate(UNPRINTABLE).encode()


def _details(details: dict[str, object]) -> dict[str, str]:
    """Whole, or how long they are: half of a JSON document would be read by nobody."""
    if not details:
        return {}
    text = json.dumps(details, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    size = len(text.encode())
    return {"details": text} if size <= MOST_DETAILS else {"detailsBytes": str(size)}


def _host() -> str:
    name = settings.HOSTS[0].lstrip(".") if settings.HOSTS else socket.gethostname()
    return "".join(sign for sign in name if "!" <= sign <= "~")[:255] or "-"


def _time(at: datetime) -> str:
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
