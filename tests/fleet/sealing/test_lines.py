"""A line that was sealed is read for ever: its names and its order are these."""

from datetime import UTC, datetime
from uuid import UUID

from accounts.models import AuditChain, AuditEntry
from portal.fleet.sealing.lines import entry_of, line_of

LINE = (
    b'{"id":7001,"seq":42,"at":"2026-03-01T09:05:00.000120Z",'
    b'"who":{"kind":"User","id":"7d3f5d2e-6f6e-4a52-9a5b-0f5a7d1f2c3b","name":"Zo\xc3\xab","onBehalfOf":"carol@contoso.example"},'
    b'"action":"Microsoft.Compute/virtualMachines/write","scope":"/subscriptions/A/resourceGroups/Web",'
    b'"outcome":"refused","error":"AuthorizationFailed","address":"192.0.2.7","request":"r-1",'
    b'"details":{"n":1,"part":0.1},"previousHash":"aa","hash":"bb"}'
)
NOBODY = (
    b'{"id":1,"seq":1,"at":"2026-03-01T09:05:00.000000Z",'
    b'"who":{"kind":"System","id":null,"name":"retention","onBehalfOf":""},'
    b'"action":"a","scope":"/","outcome":"succeeded","error":"","address":"","request":"",'
    b'"details":{},"previousHash":"","hash":"cc"}'
)


def facts(entry: AuditEntry) -> dict[str, object]:
    return {field.attname: getattr(entry, field.attname) for field in AuditEntry._meta.fields}


def test_one_that_was_sealed_is_read_and_written_as_it_was() -> None:
    entry = entry_of(LINE, AuditChain(id=5))
    assert facts(entry) == {
        "id": 7001,
        "chain_id": 5,
        "seq": 42,
        "at": datetime(2026, 3, 1, 9, 5, 0, 120, UTC),
        "principal_kind": "User",
        "principal_id": UUID("7d3f5d2e-6f6e-4a52-9a5b-0f5a7d1f2c3b"),
        "principal_name": "Zoë",
        "on_behalf_of": "carol@contoso.example",
        "action": "Microsoft.Compute/virtualMachines/write",
        "scope": "/subscriptions/A/resourceGroups/Web",
        "scope_key": "/subscriptions/a/resourcegroups/web",
        "outcome": "refused",
        "error_code": "AuthorizationFailed",
        "address": "192.0.2.7",
        "request_id": "r-1",
        "details": {"n": 1, "part": 0.1},
        "previous_hash": "aa",
        "hash": "bb",
    }
    assert line_of(entry) == LINE


def test_one_of_nobody_too() -> None:
    assert line_of(entry_of(NOBODY, AuditChain(id=5))) == NOBODY
