"""Whatever is done to what was recorded, in the table or in a file, `audit_verify` names it."""

import json
from collections.abc import Callable
from math import inf

import pytest
import zstandard
from django.db import connection
from pytest_django import Settings

from accounts.models import AuditChain, AuditEntry
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import keys
from portal.fleet.sealing.files import ending, statement
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.stores.opening import store_of
from tests.fleet.sealing.ages import chain_of, days_ago
from tests.world import World

Lines = list[bytes]


@pytest.fixture
def seal(world: World) -> AuditSeal:
    """The second of three files: six entries, or none, may be before and behind."""
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    assert list(verify()) == []
    return AuditSeal.objects.order_by("first_seq")[1]


def named() -> list[tuple[str, int, str]]:
    return [(broken.chain, broken.seq, broken.problem) for broken in verify()]


def lines_of(seal: AuditSeal) -> Lines:
    text = zstandard.ZstdDecompressor().decompress(store_of(seal.account).get(seal.blob))
    return text.removesuffix(b"\n").split(b"\n")


def put(seal: AuditSeal, lines: Lines) -> None:
    text = b"\n".join([*lines, b""])
    store_of(seal.account).put(seal.blob, zstandard.ZstdCompressor().compress(text))


def changed(line: bytes, **fields: object) -> bytes:
    return json.dumps({**json.loads(line), **fields}, ensure_ascii=False, separators=(",", ":")).encode()


FILE = {
    "an entry changed": (lambda now: [now[0], changed(now[1], outcome="refused"), *now[2:]], 1, "changed"),
    "an entry's details changed": (lambda now: [changed(now[0], details={}), *now[1:]], 0, "changed"),
    "an entry deleted": (lambda now: [now[0], *now[2:]], 1, "missing"),
    "the first deleted": (lambda now: now[1:], 0, "missing"),
    "the last deleted": (lambda now: [*now[:2], now[3]], 2, "missing"),
    "an entry put in": (lambda now: [now[0], now[0], *now[1:]], 0, "put in"),
    "an entry of a later number put in": (lambda now: [*now[:3], changed(now[2], seq=99), now[3]], 3, "missing"),
    "two swapped": (lambda now: [now[1], now[0], *now[2:]], 0, "missing"),
    "a line that is none": (lambda now: [now[0], b"{", *now[1:]], 1, "cannot be read"),
    "a number without end": (lambda now: [now[0], changed(now[1], seq=inf), *now[2:]], 1, "cannot be read"),
    "a hash of other letters": (lambda now: [now[0], changed(now[1], hash="é"), *now[2:]], 1, "cannot be read"),
    "a hash that is no text": (lambda now: [now[0], changed(now[1], hash=5), *now[2:]], 1, "cannot be read"),
    "half a letter": (lambda now: [now[0], changed(now[1], error="~").replace(b"~", rb"\ud800"), *now[2:]], 1, "cannot be read"),
    "only what no link covers": (lambda now: [changed(now[0], id=1), *now[1:]], 0, "file was changed"),
    "its signature": (lambda now: [*now[:3], changed(now[3], signature="AAAA")], 0, "file was changed"),
    "everything": (lambda now: [b""], 0, "missing"),
}  # fmt: skip


@pytest.mark.parametrize("what", FILE)
def test_it_names_what_was_done_to_a_file(seal: AuditSeal, what: str) -> None:
    tamper, at, problem = FILE[what]
    put(seal, tamper(lines_of(seal)))
    assert [(chain, seq) for chain, seq, _ in named()] == [("Contoso", seal.first_seq + at)]
    assert problem in named()[0][2]


@pytest.mark.parametrize(
    ("harm", "problem"),
    [
        (lambda store, name: store.delete(name), "is gone"),
        (lambda store, name: store.put(name, b"rubbish"), "cannot be unpacked"),
        (lambda store, name: store.put(name, store.get(name)[:-4]), "cannot be unpacked"),
        (lambda store, name: store.put(name, zstandard.compress(bytes(65 * 1024 * 1024))), "too large"),
        (lambda store, name: store.put(name, zstandard.compress(b"\n" * 10**6)), "too many lines"),
    ],
)
def test_it_names_a_file_that_cannot_be_read(
    seal: AuditSeal, harm: Callable[[object, str], None], problem: str
) -> None:
    harm(store_of(seal.account), seal.blob)
    ((chain, seq, said),) = named()
    assert (chain, seq) == ("Contoso", seal.first_seq)
    assert problem in said


def test_a_file_that_was_only_packed_again_is_what_it_was(seal: AuditSeal) -> None:
    put(seal, lines_of(seal))
    assert named() == []


ROWS = {
    "the row of a seal deleted": ("DELETE FROM fleet_auditseal WHERE id = {id}", "not known"),
    "another hash": (
        "UPDATE fleet_auditseal SET sha256 = 'x' WHERE id = {id}",
        "seal of its file was changed",
    ),
    "another time": (
        "UPDATE fleet_auditseal SET last_at = sealed_at WHERE id = {id}",
        "seal of its file was changed",
    ),
    "said to be deleted by retention": (
        "UPDATE fleet_auditseal SET deleted_at = sealed_at WHERE id = {id}",
        "seal of its file was changed",
    ),
}


@pytest.mark.parametrize("what", ROWS)
def test_it_names_what_was_done_to_the_row_of_a_seal(seal: AuditSeal, what: str) -> None:
    statement_, problem = ROWS[what]
    with connection.cursor() as cursor:
        cursor.execute(statement_.format(id=seal.id))
    ((chain, seq, said),) = named()
    assert (chain, seq) == ("Contoso", seal.first_seq)
    assert problem in said


TABLE = {
    "changed": ("UPDATE accounts_auditentry SET action = 'x' WHERE chain_id = {chain} AND seq = {next}", "changed"),
    "deleted": ("DELETE FROM accounts_auditentry WHERE chain_id = {chain} AND seq = {next}", "missing"),
    "put back": (
        "UPDATE accounts_auditentry SET seq = {sealed} WHERE chain_id = {chain} AND seq = {next}",
        "put in",
    ),
    "said to be sealed": (
        "UPDATE accounts_auditchain SET sealed_seq = {next} WHERE id = {chain}",
        "not known",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_it_names_what_was_done_in_the_table_behind_the_seam(
    world: World, seal: AuditSeal, what: str
) -> None:
    text, problem = TABLE[what]
    chain = chain_of(world)
    with connection.cursor() as cursor:
        cursor.execute(text.format(chain=chain.id, sealed=chain.sealed_seq, next=chain.sealed_seq + 1))
    ((name, seq, said),) = named()
    assert (name, seq) == ("Contoso", chain.sealed_seq + 1 if what != "put back" else chain.sealed_seq)
    assert problem in said


def test_what_was_put_in_behind_the_seal_is_still_named_after_the_next_sealing(
    world: World, seal: AuditSeal
) -> None:
    forged = AuditEntry.objects.latest("seq")
    forged.pk, forged.seq = None, 1
    forged.save()
    assert [said for _chain, _seq, said in named()] == ["put in"]
    sealed = chain_of(world).sealed_seq
    with days_ago(-60):
        assert seal_audit(tenant_id=world.contoso.id, seconds=60)
    assert chain_of(world).sealed_seq > sealed
    assert [said for _chain, _seq, said in named()] == ["put in"]


def test_a_chain_that_nothing_can_be_made_of_is_named_and_so_are_the_others(
    world: World, seal: AuditSeal
) -> None:
    chain, other = chain_of(world), AuditChain.objects.get(tenant=world.fabrikam)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_auditentry SET hash = 'é' WHERE chain_id = {chain.id}")
        cursor.execute(f"UPDATE accounts_auditentry SET action = 'x' WHERE chain_id = {other.id}")
    assert named() == [
        ("Contoso", chain.sealed_seq + 1, "it cannot be verified (TypeError)"),
        ("Fabrikam", 1, "changed"),
    ]


def test_whoever_has_database_and_store_but_not_the_key_forges_nothing(
    seal: AuditSeal, settings: Settings
) -> None:
    key, settings.AUDIT_KEY = settings.AUDIT_KEY, "somebody else's"
    seal.sha256 = "f" * 64
    seal.signature = keys.sign(statement(seal))
    put(seal, [*lines_of(seal)[:-1], ending(seal)])
    seal.save()
    settings.AUDIT_KEY = key
    assert named() == [("Contoso", seal.first_seq, "the seal of its file was changed")]
