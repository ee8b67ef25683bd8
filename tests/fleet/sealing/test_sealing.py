import base64
import hashlib
import json
from datetime import timedelta

import pytest
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import reading, sealing
from portal.fleet.sealing.reading import after, older
from portal.fleet.sealing.sealing import Broken, due, seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from tests.fleet.sealing.ages import chain_of, days_ago, in_table, keep, sealed_entries, write
from tests.world import World


def run(world: World) -> int:
    return seal_audit(tenant_id=world.contoso.id, seconds=60)


def facts(entry: AuditEntry) -> tuple[object, ...]:
    return tuple(getattr(entry, field.attname) for field in AuditEntry._meta.fields)


def test_old_entries_leave_the_table_for_files_of_a_day_each(world: World) -> None:
    before = in_table(world)
    count = run(world)
    assert count == len(before) - 3, "yesterday's stay"
    assert in_table(world) == [*before[-3:], before[-1] + 1, before[-1] + 2, before[-1] + 3]
    seals = list(AuditSeal.objects.order_by("first_seq"))
    assert len(seals) == 3
    assert [seal.first_seq for seal in seals] == [1, seals[0].last_seq + 1, seals[1].last_seq + 1]
    assert {str(seal.account) for seal in seals} == {str(world.storage)}
    assert list(verify()) == []


def test_what_comes_back_is_what_was_written(world: World) -> None:
    written = {entry.seq: facts(entry) for entry in AuditEntry.objects.filter(chain=chain_of(world))}
    run(world)
    back = {entry.seq: facts(entry) for entry in sealed_entries(world)}
    assert back == {seq: written[seq] for seq in back}
    assert len(back) == chain_of(world).sealed_seq


def test_sealing_is_itself_recorded_and_does_not_keep_itself_going(world: World) -> None:
    run(world)
    sealed = AuditEntry.objects.filter(action=actions.AUDIT_SEAL)
    assert sealed.count() == 3
    told = sealed.order_by("seq")[0].details
    assert told["first"] == 1
    assert told["file"] == AuditSeal.objects.get(first_seq=1).blob
    assert due() == []
    with days_ago(-60):
        write(world.contoso)
        assert due() == [world.contoso.id], "yesterday's have become old"
        run(world)
    with days_ago(-91):
        run(world)
        count = AuditSeal.objects.count()
    with days_ago(-200):
        assert due() == []
        assert AuditSeal.objects.count() == count


def test_a_tenant_that_seals_nothing_keeps_its_entries(world: World) -> None:
    keep(world, seal_after_days=None)
    before = in_table(world)
    assert due() == []
    assert run(world) == 0
    assert in_table(world) == before


def test_a_large_day_is_sealed_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE", 2)
    run(world)
    seals = AuditSeal.objects.order_by("first_seq")
    assert {seal.last_seq - seal.first_seq for seal in seals} <= {0, 1}
    assert list(verify()) == []


def test_entries_of_many_bytes_are_sealed_in_pieces(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PIECE_BYTES", 1)
    run(world)
    assert AuditSeal.objects.count() == chain_of(world).sealed_seq
    assert list(verify()) == []


def test_a_file_that_does_not_come_back_as_written_removes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = in_table(world)
    monkeypatch.setattr("portal.fleet.stores.folder.FolderStore.get", lambda self, name, most=None: b"")
    with pytest.raises(StoreTrouble):
        run(world)
    assert in_table(world) == before
    monkeypatch.undo()
    run(world)
    assert len(in_table(world)) < len(before)


def test_a_chain_that_was_altered_is_not_signed_as_genuine(world: World) -> None:
    forged = AuditEntry.objects.get(chain=chain_of(world), seq=2)
    super(type(AuditEntry.objects.all()), AuditEntry.objects.filter(id=forged.id)).update(action="nothing")
    with pytest.raises(Broken, match="Contoso, entry 2: changed"):
        run(world)
    assert not AuditSeal.objects.exists()


def test_of_two_who_seal_the_same_piece_the_second_changes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = sealing.store_of
    once = iter([True])

    def overtaken(account: object) -> object:
        if next(once, False):
            run(world)
        return put(account)  # type: ignore[arg-type]

    monkeypatch.setattr(sealing, "store_of", overtaken)
    run(world)
    assert AuditSeal.objects.count() == AuditEntry.objects.filter(action=actions.AUDIT_SEAL).count() == 3
    assert list(verify()) == []


def test_an_outsider_proves_a_file_with_the_public_key_alone(world: World) -> None:
    run(world)
    seal = AuditSeal.objects.get(first_seq=1)
    data = store_of(seal.account).get(seal.blob)
    *entries, last = zstandard.ZstdDecompressor().decompress(data).splitlines(keepends=True)
    told = json.loads(last)
    key = load_pem_public_key(told["publicKey"].encode())
    assert isinstance(key, Ed25519PublicKey)
    signature = base64.b64decode(told["signature"])
    key.verify(signature, told["statement"].encode())
    assert hashlib.sha256(b"".join(entries)).hexdigest() == json.loads(told["statement"])["sha256"]
    with pytest.raises(InvalidSignature):
        key.verify(signature, told["statement"].replace("1", "2").encode())


def test_readers_go_on_behind_the_seam(world: World) -> None:
    run(world)
    tenant = world.contoso.id
    first = older(tenant, lambda entry: entry.action == "Test/act", most=4)
    assert [entry.details["n"] for entry in first.entries] == [2, 1, 0, 2]
    rest = older(tenant, lambda entry: entry.action == "Test/act", first.before, most=4)
    assert [entry.details["n"] for entry in rest.entries] == [1, 0]
    assert rest.before is None
    assert not rest.unreadable


def test_a_reader_is_bounded_in_time_and_goes_on_where_it_stopped(world: World) -> None:
    told = list(AuditEntry.objects.filter(action="Test/act").values_list("seq", flat=True))
    run(world)
    found, before, turns = [], None, 0
    while True:
        turn = older(world.contoso.id, lambda entry: entry.action == "Test/act", before, seconds=0)
        turns += 1
        found += turn.entries
        if turn.before is None or turns > 10:
            break
        before = turn.before
    assert turns <= 4
    sealed = [seq for seq in told if seq <= chain_of(world).sealed_seq]
    assert [entry.seq for entry in found] == sorted(sealed, reverse=True)


def test_a_reader_passes_over_a_file_that_is_gone_and_names_it(world: World) -> None:
    run(world)
    middle = AuditSeal.objects.order_by("first_seq")[1]
    store_of(middle.account).delete(middle.blob)
    found = older(world.contoso.id, lambda entry: True, most=1000)
    assert found.unreadable == [middle]
    assert {entry.seq for entry in found.entries} == {
        *range(1, middle.first_seq),
        *range(middle.last_seq + 1, chain_of(world).sealed_seq + 1),
    }


def test_a_forwarder_reads_on_from_the_last_that_arrived(world: World) -> None:
    run(world)
    end = chain_of(world).sealed_seq
    done = 0
    while batch := after(world.contoso.id, done):
        assert [entry.seq for entry in batch] == list(range(done + 1, done + 1 + len(batch)))
        done = batch[-1].seq
    assert done == end


def test_only_files_of_the_time_that_is_asked_for_are_opened(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(world)
    opened: list[int] = []
    open_seal = reading.open_seal

    def noted(seal: AuditSeal) -> list[AuditEntry]:
        opened.append(seal.first_seq)
        return open_seal(seal)

    monkeypatch.setattr(reading, "open_seal", noted)
    middle = AuditSeal.objects.order_by("first_seq")[1]
    older(world.contoso.id, lambda entry: True, since=middle.first_at, until=middle.last_at + timedelta(1))
    assert opened == [middle.first_seq]
