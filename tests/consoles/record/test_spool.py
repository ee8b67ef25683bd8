import os
from pathlib import Path

import pytest

from consoles.record import segments
from consoles.record.spool import PIECE, Spool
from tests.consoles.record.printing import KIB, MIB, NOON, fill, text


def weight(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.suffix in (".log", ".idx"))


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_it_gives_every_byte_its_offset(folder: Path) -> None:
    spool = Spool(folder, MIB)
    assert (spool.append(b"boot\r\n", NOON), spool.append(b"login: ", NOON + 20)) == (0, 6)
    assert (spool.start, spool.end, spool.last_ms, spool.trouble) == (0, 13, NOON + 20, "")
    assert spool.read(0, 100) == (0, b"boot\r\nlogin: ", False)
    assert spool.read(6, 3) == (6, b"log", False)
    assert spool.read(13, 100) == (13, b"", False)


def test_it_says_where_the_log_ends_to_a_reader_who_is_ahead_of_it(folder: Path) -> None:
    spool = Spool(folder, MIB)
    spool.append(b"boot", NOON)
    assert spool.read(500, 10) == (4, b"", False)


def test_it_creates_nothing_before_the_first_byte(folder: Path) -> None:
    spool = Spool(folder, MIB)
    spool.append(b"", NOON)
    assert spool.read(0, 10) == (0, b"", False)
    assert (spool.since(NOON), spool.times(0, 10), spool.last_ms) == (0, [], None)
    spool.close()
    assert not folder.parent.exists()


def test_idle_spools_hold_no_files_open(tmp_path: Path) -> None:
    before = open_files()
    spools = [Spool(tmp_path / str(number), MIB) for number in range(1000)]
    assert open_files() == before
    for spool in spools[:10]:
        fill(spool, 256 * KIB)
        spool.read(0, KIB)
    assert open_files() == before + 20
    for spool in spools:
        spool.close()
    assert open_files() == before


def test_only_its_owner_may_read_it(folder: Path) -> None:
    fill(Spool(folder, MIB), 128 * KIB)
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_it_reads_across_the_borders_of_segments(folder: Path) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 256 * KIB)
    assert len(list(folder.glob("*.log"))) > 3
    for offset in (0, 60 * KIB, 64 * KIB - 1, 200 * KIB):
        length = min(PIECE, spool.end - offset)
        assert spool.read(offset, 10 * MIB) == (offset, text(offset, length), False)


def test_it_goes_on_where_it_stopped(folder: Path) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 100 * KIB)
    spool.close()
    again = Spool(folder, MIB)
    assert (again.start, again.end) == (0, spool.end)
    assert 0 <= (spool.last_ms or 0) - (again.last_ms or 0) < 50
    fill(again, 100 * KIB, now=NOON + 1000)
    assert again.read(90 * KIB, 20 * KIB) == (90 * KIB, text(90 * KIB, 20 * KIB), False)
    assert len(list(folder.glob("*.log"))) == 4


def test_a_closed_spool_opens_again_with_the_next_byte(folder: Path) -> None:
    spool = Spool(folder, MIB)
    spool.append(b"one ", NOON)
    spool.close()
    spool.append(b"two", NOON)
    assert spool.read(0, 99).data == b"one two"


def test_the_oldest_leave_first_and_readers_are_told(folder: Path) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 3 * MIB)
    assert MIB - 65 * KIB < weight(folder) <= MIB
    assert spool.end == 3 * MIB
    piece = spool.read(100, KIB)
    assert piece == (spool.start, text(spool.start, KIB), True)
    assert not spool.read(spool.start, KIB).gone


def test_a_smaller_limit_holds_at_once(folder: Path) -> None:
    spool = Spool(folder, 4 * MIB)
    fill(spool, 3 * MIB)
    assert spool.start == 0
    spool.set_limit(MIB)
    assert weight(folder) <= MIB
    assert spool.read(0, KIB) == (spool.start, text(spool.start, KIB), True)
    spool.close()
    Spool(folder, 512 * KIB)
    assert weight(folder) <= 512 * KIB


def test_the_index_counts_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SMALLEST", KIB)
    spool = Spool(folder, 16 * KIB)
    for number in range(4 * KIB):  # a byte now and then: the index weighs twelve times the data
        spool.append(b"x", NOON + 60 * number)
    assert 14 * KIB < weight(folder) <= 16 * KIB


def test_it_finds_bytes_by_time(folder: Path) -> None:
    spool = Spool(folder, MIB)
    for number in range(5000):
        spool.append(text(spool.end, 100), NOON + 1000 * number)
    assert len(list(folder.glob("*.log"))) > 5
    assert [spool.since(NOON + 1000 * number) for number in (0, 1, 700, 4999)] == [0, 100, 70_000, 499_900]
    assert (spool.since(0), spool.since(NOON + 500), spool.since(NOON + 9_999_000)) == (0, 100, spool.end)
    assert spool.times(150, 400) == [(150, NOON + 1000), (200, NOON + 2000), (300, NOON + 3000)]
    assert spool.times(0, spool.end) == [(100 * number, NOON + 1000 * number) for number in range(5000)]


def test_the_index_is_no_finer_than_twenty_a_second(folder: Path) -> None:
    spool = Spool(folder, MIB)
    for number in range(100):
        spool.append(b"x", NOON + 10 * number)
    assert spool.times(0, 100) == [(number, NOON + 10 * number) for number in range(0, 100, 5)]
    assert spool.since(NOON + 120) == 10


def test_times_come_in_bounded_answers_that_can_be_continued(folder: Path) -> None:
    spool = Spool(folder, 16 * MIB)
    for number in range(20_000):
        spool.append(b"x", NOON + 50 * number)
    first = spool.times(0, spool.end)
    rest = spool.times(first[-1][0], spool.end)
    assert first[-1] == rest[0]
    assert len(first) + len(rest) - 1 == 20_000


def test_a_clock_that_is_set_back_does_not_confuse_the_index(folder: Path) -> None:
    spool = Spool(folder, MIB)
    year = 365 * 24 * 3600 * 1000
    for now in (NOON + year, NOON + year + 1000, NOON, NOON + 1000, NOON + 500, NOON + 2000):
        spool.append(b"0123456789", now)
    assert spool.times(20, 60) == [(20, NOON), (30, NOON + 1000), (50, NOON + 2000)]
    assert spool.read(0, 100).data == b"0123456789" * 6
