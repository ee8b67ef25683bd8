"""Entries as lines of a file. In: entries and a form. Out: CSV that a spreadsheet only shows, or JSON Lines."""

import csv
import io
import json
from collections.abc import Iterable, Iterator

from accounts.models import AuditEntry
from portal.fleet.forwarding.message import as_json

CSV, JSONL = "csv", "jsonl"
FORMS = {CSV: "text/csv; charset=utf-8", JSONL: "application/jsonl"}
FORMULA = (*"=+-@＝＋－＠", "\t", "\r", "\n")
MARK = "\ufeff"  # without it spreadsheets take the file for another encoding
dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
COLUMNS = (
    "seq",
    "time",
    "who",
    "who_kind",
    "who_id",
    "on_behalf_of",
    "action",
    "scope",
    "outcome",
    "error",
    "address",
    "request",
    "details",
    "previous_hash",
    "hash",
)


def head(form: str) -> bytes:
    return (MARK + ",".join(COLUMNS) + "\r\n").encode() if form == CSV else b""


def lines(form: str, entries: Iterable[AuditEntry]) -> bytes:
    if form == JSONL:
        return "".join(f"{dump(as_json(entry))}\n" for entry in entries).encode()
    text = io.StringIO()
    csv.writer(text).writerows(_cells(entry) for entry in entries)
    return text.getvalue().encode()


def _cells(entry: AuditEntry) -> Iterator[object]:
    yield entry.seq
    yield entry.at.isoformat(timespec="microseconds")
    yield shown(entry.principal_name)
    yield entry.principal_kind
    yield str(entry.principal_id or "")
    yield shown(entry.on_behalf_of)
    yield shown(entry.action)
    yield shown(entry.scope)
    yield entry.outcome
    yield shown(entry.error_code)
    yield shown(entry.address)
    yield shown(entry.request_id)
    yield dump(entry.details) if entry.details else ""
    yield entry.previous_hash
    yield entry.hash


def shown(text: str) -> str:
    """Never taken for a formula, whatever somebody called themselves."""
    return "'" + text if text.startswith(FORMULA) else text
