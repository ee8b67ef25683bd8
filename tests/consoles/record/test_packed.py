"""A packed piece reads as the segment did, and one that is not what was packed is never believed."""

import json
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from consoles.record import packed
from consoles.record.packed import LENGTH, MAGIC, Damaged, Packed, pack
from tests.consoles.record.printing import NOON, text

START = 10_000
DATA = text(START, 5000)
TIMES = [(START + number * 100, NOON + number * 50) for number in range(50)]
ENDS = (NOON, NOON + 49 * 50)
BLOB = pack("line", START, DATA, TIMES, 0)


def test_it_reads_by_offset_and_by_time() -> None:
    piece = Packed(BLOB)
    assert (piece.line, piece.start, piece.end) == ("line", START, START + 5000)
    assert (piece.first_ms, piece.last_ms) == (NOON, NOON + 49 * 50)
    assert piece.read(START + 4990, 100) == DATA[4990:]
    assert piece.times(START + 150, START + 350) == [
        (START + 150, NOON + 50),
        (START + 200, NOON + 100),
        (START + 300, NOON + 150),
    ]
    assert piece.after(NOON + 50) == START + 200
    assert piece.after(NOON + 10**6) == piece.end


@given(st.binary(max_size=2000), st.lists(st.tuples(st.integers(0, 100), st.integers(0, 10**4)), max_size=50))
def test_whatever_was_printed_comes_back(data: bytes, steps: list[tuple[int, int]]) -> None:
    times, at, ms = [], START, NOON
    for bytes_later, later in steps:
        at, ms = at + bytes_later + 1, ms + later
        if at < START + len(data):
            times.append((at, ms))
    piece = Packed(pack("line", START, data, times, NOON))
    assert piece.read(START, len(data) + 1) == data
    assert piece.times(START, piece.end) == times


@given(st.integers(0, len(BLOB) - 1), st.integers(1, 255))
def test_a_changed_byte_is_noticed_or_changes_nothing(place: int, change: int) -> None:
    changed = bytearray(BLOB)
    changed[place] ^= change
    with suppress(Damaged):  # a bit that zstd does not use
        piece = Packed(bytes(changed))
        assert (piece.line, piece.start, piece.first_ms, piece.last_ms) == ("line", START, *ENDS)
        assert (piece.read(START, 5000), piece.times(START, piece.end)) == (DATA, TIMES)


@given(st.integers(0, len(BLOB) - 1))
def test_it_cannot_be_cut_off(length: int) -> None:
    with pytest.raises(Damaged):
        Packed(BLOB[:length])


@given(st.binary(max_size=300))
def test_anything_else_is_no_piece(blob: bytes) -> None:
    for one in (blob, MAGIC + blob):
        with pytest.raises(Damaged):
            Packed(one)


def test_one_that_unpacks_to_more_than_a_piece_takes_no_memory() -> None:
    bomb = zstandard.ZstdCompressor().compress(bytes(packed.LARGEST + 1))
    told = json.dumps(
        {"line": "x", "start": 0, "size": 1, "first_ms": 0, "last_ms": 0, "sha256": "x"}
    ).encode()
    blob = MAGIC + LENGTH.pack(len(told)) + told + LENGTH.pack(len(bomb)) + bomb + bomb
    with pytest.raises(Damaged, match="too large"):
        Packed(blob)
