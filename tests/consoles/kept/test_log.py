"""One log out of two places: what the hub's disk has, and what storage accounts have, as if it had never been apart."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consoles.archive.objects import name_of
from consoles.archive.rows import write_piece
from consoles.kept import pieces
from consoles.kept.log import log_of
from consoles.kept.text import Gap, lines
from consoles.kept.unpacked import Unpacked
from consoles.models import ArchivedPiece, Erasure, PieceState
from consoles.record import segments
from consoles.record.packed import pack
from consoles.record.spool import Spool
from portal.fleet.models import SerialPort
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from tests.consoles.kept.memory import NOON
from tests.consoles.record.printing import text
from tests.world import World

KIB = 1024
PIECE = 4 * KIB


class Kept:
    """web-1's line: pieces in its account, and beside them what the hub's disk has."""

    def __init__(self, world: World, spools: Path) -> None:
        self.vm, self.account = world.vm, world.storage
        self.port: SerialPort = world.vm.ports.get()
        self.folder = spools / str(self.port.line_id)

    def archive(self, start: int, length: int = PIECE) -> ArchivedPiece:
        line = self.port.line_id
        times = [(at, NOON + at) for at in range(start, start + length, KIB)]
        blob = pack(str(line), start, text(start, length), times, NOON)
        store_of(self.account).put(name_of(line, start, start + length), blob)
        write_piece(blob, line_id=line, vm_id=self.vm.pk, tenant_id=self.vm.tenant_id, account=self.account)
        return ArchivedPiece.objects.get(line_id=line, start=start)

    def spool(self, end: int, limit: int = 1 << 30) -> None:
        with patch.object(segments, "SMALLEST", PIECE), patch.object(segments, "LARGEST", PIECE):
            spool = Spool(self.folder, limit)
            while spool.end < end:
                spool.append(text(spool.end, KIB), NOON + spool.end)
            spool.close()

    def read(self) -> tuple[int, bytes]:
        log, data = log_of(self.port.line_id), b""
        while part := log.read(log.start + len(data)).data:
            data += part
        return log.start, data

    def gaps(self) -> list[Gap]:
        return [one for one in lines(log_of(self.port.line_id)) if isinstance(one, Gap)]


@pytest.fixture
def kept(world: World, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Kept:
    settings.SPOOL, settings.STORES = tmp_path / "spool", tmp_path / "stores"
    monkeypatch.setattr(pieces, "UNPACKED", Unpacked())
    return Kept(world, tmp_path / "spool")


def test_a_line_that_has_printed_nothing_has_an_empty_log(kept: Kept) -> None:
    log = log_of(kept.port.line_id)
    assert (log.start, log.end, log.read(0).data, log.times(0, 99), log.since(0)) == (0, 0, b"", [], 0)
    assert log.when(0) is None
    assert not log.away


def test_pieces_and_spool_are_one_log_where_they_overlap(kept: Kept) -> None:
    kept.spool(24 * KIB, limit=12 * KIB)
    for start in range(0, 20 * KIB, PIECE):
        kept.archive(start)
    assert kept.read() == (0, text(0, 24 * KIB))
    log = log_of(kept.port.line_id)
    assert log.times(0, 24 * KIB) == [(at, NOON + at) for at in range(0, 24 * KIB, KIB)]
    assert [log.since(NOON + at) for at in (-1, 0, 10 * KIB, 23 * KIB)] == [0, KIB, 11 * KIB, 24 * KIB]
    assert [log.when(at) for at in (0, 5000, 24 * KIB - 1)] == [NOON, NOON + 4 * KIB, NOON + 23 * KIB]


def test_what_is_in_neither_is_a_gap(kept: Kept) -> None:
    kept.archive(4 * KIB)
    kept.archive(12 * KIB)
    kept.spool(32 * KIB, limit=8 * KIB)
    first = Spool(kept.folder, 1 << 30).start
    assert first > 16 * KIB
    assert kept.gaps() == [Gap(0, 4 * KIB), Gap(8 * KIB, 12 * KIB), Gap(16 * KIB, first)]


def test_what_is_erased_is_not_read_while_it_is_still_being_deleted(kept: Kept) -> None:
    kept.archive(0)
    kept.archive(PIECE)
    kept.spool(12 * KIB)
    Erasure.objects.create(
        line_id=kept.port.line_id,
        vm=kept.vm,
        tenant_id=kept.vm.tenant_id,
        host="local",
        scope=kept.vm.scope,
        before=5000,
    )
    log = log_of(kept.port.line_id)
    assert log.start == 5000
    assert log.read(0) == log.read(5000)
    assert kept.read() == (5000, text(5000, 12 * KIB - 5000))
    assert log.times(0, 6000)[0][0] == 5000
    assert log.since(0) == 5000


@pytest.mark.parametrize("harm", ["turned", "cut", "gone", "another"])
def test_a_damaged_piece_is_told_and_does_not_hide_its_neighbours(kept: Kept, harm: str) -> None:
    for start in (0, PIECE, 2 * PIECE):
        kept.archive(start)
    piece = ArchivedPiece.objects.get(start=PIECE)
    store = store_of(kept.account)
    blob = store.get(piece.blob)
    if harm == "gone":
        store.delete(piece.blob)
    elif harm == "another":
        store.put(piece.blob, store.get(ArchivedPiece.objects.get(start=0).blob))
    else:
        store.put(piece.blob, blob[:-1] if harm == "cut" else blob[:-5] + bytes([blob[-5] ^ 1]) + blob[-4:])
    assert kept.gaps() == [Gap(PIECE, 2 * PIECE)]
    piece.refresh_from_db()
    assert piece.state == PieceState.DAMAGED
    assert piece.damaged_at is not None
    assert kept.gaps() == [Gap(PIECE, 2 * PIECE)]


def test_a_piece_that_was_made_anew_meanwhile_is_read_where_it_is_now(kept: Kept) -> None:
    old = kept.archive(0, 2 * KIB)
    log = log_of(kept.port.line_id)
    assert log.end == 2 * KIB
    kept.archive(0, 4 * KIB)
    store_of(kept.account).delete(old.blob)
    assert log.read(KIB).data[:KIB] == text(KIB, KIB)
    assert ArchivedPiece.objects.get(start=0).state == PieceState.KEPT


def test_a_store_that_cannot_be_read_is_trouble_only_for_what_it_alone_has(kept: Kept) -> None:
    kept.archive(0)
    kept.spool(24 * KIB, limit=8 * KIB)
    log = log_of(kept.port.line_id)
    with patch.object(pieces, "store_of", side_effect=StoreTrouble(StoreTrouble.UNREACHABLE)):
        assert log.read(23 * KIB).data == text(23 * KIB, KIB)
        with pytest.raises(StoreTrouble):
            log.read(0)
    assert log.read(0).data == text(0, PIECE)


def test_new_output_is_read_without_looking_at_every_archived_piece(kept: Kept) -> None:
    kept.archive(0)
    kept.spool(8 * KIB)
    with CaptureQueriesContext(connection) as asked:
        log = log_of(kept.port.line_id)
        assert [one.offset for one in lines(log, log.end - 10)] == [8 * KIB - 16, 8 * KIB - 8]
    told = [query["sql"] for query in asked.captured_queries]
    assert [sql for sql in told if "stored_bytes" in sql] == []
    assert len(told) <= 4, told


def test_of_a_machine_that_was_removed_the_archive_is_still_read(kept: Kept) -> None:
    kept.archive(0)
    line = kept.port.line_id
    kept.port.delete()
    assert log_of(line).read(0).data == text(0, PIECE)


def test_unpacked_pieces_take_no_more_memory_than_they_may(kept: Kept) -> None:
    few = Unpacked(most=2 * PIECE)
    with patch.object(pieces, "UNPACKED", few):
        for start in range(0, 10 * PIECE, PIECE):
            kept.archive(start)
        assert kept.read() == (0, text(0, 10 * PIECE))
    assert len(few._pieces) == 2


def test_each_object_is_fetched_once_for_many_reads(kept: Kept) -> None:
    kept.archive(0)
    log = log_of(kept.port.line_id)
    with patch.object(pieces, "store_of", wraps=pieces.store_of) as opened:
        assert b"".join(log.read(at, 8).data for at in range(0, PIECE, 8)) == text(0, PIECE)
    assert opened.call_count == 1
