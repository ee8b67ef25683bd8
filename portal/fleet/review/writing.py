"""Entries as lines of a file. In: entries and a form. Out: CSV that a spreadsheet only shows, or JSON Lines."""

import csv
import io
import json
from collections.abc import Iterable

from accounts.audit_told import Told, as_json

CSV, JSONL = "csv", "jsonl"
FORMS = {CSV: "text/csv; charset=utf-8", JSONL: "application/jsonl"}
FORMULA = frozenset("=+-@＝＋－＠\t\r\n")
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


def lines(form: str, entries: Iterable[Told]) -> bytes:
    if form == JSONL:
        return "".join(f"{dump(as_json(entry))}\n" for entry in entries).encode()
    text = io.StringIO()
    csv.writer(text).writerows(map(_cells, entries))
    return text.getvalue().encode()


def _cells(entry: Told) -> tuple[object, ...]:
    return (
        entry.seq,
        entry.at.isoformat(timespec="microseconds"),
        shown(entry.principal_name),
        entry.principal_kind,
        entry.principal_id or "",
        shown(entry.on_behalf_of),
        shown(entry.action),
        shown(entry.scope),
        entry.outcome,
        shown(entry.error_code),
        shown(entry.address),
        shown(entry.request_id),
        dump(entry.details) if entry.details else "",
        entry.previous_hash,
        entry.hash,
    )


def shown(text: str) -> str:
    """Never taken for a formula, whatever somebody called themselves."""
    return "'" + text if text[:1] in FORMULA else text
