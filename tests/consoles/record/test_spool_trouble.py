import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from consoles.record.held import MOST, Held
from consoles.record.index import APART
from consoles.record.spool import Spool
from tests.consoles.record.printing import KIB, MIB, NOON, fill, text

FULL = os.strerror(errno.ENOSPC)


class Disk:
    """Takes `room` bytes for segments and indexes, then is full, as disks are: the last write is cut short."""

    def __init__(self) -> None:
        self.room: int | None = None
        self._write = os.write

    def write(self, fd: int, data: bytes) -> int:
        if self.room is None or not os.readlink(f"/proc/self/fd/{fd}").endswith((".log", ".idx")):
            return self._write(fd, data)
        if not self.room:
            raise OSError(errno.ENOSPC, FULL)
        taken = self._write(fd, data[: self.room])
        self.room -= taken
        return taken


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk()
    monkeypatch.setattr(os, "write", disk.write)
    return disk


def test_a_full_disk_stops_recording_never_the_line(folder: Path, disk: Disk) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    disk.room = 100
    fill(spool, 32 * KIB)
    assert spool.trouble == FULL
    assert (spool.start, spool.end) == (0, 40 * KIB)
    assert spool.read(0, 64 * KIB) == (0, text(0, 40 * KIB), False)


def test_it_is_recorded_once_there_is_room_again(folder: Path, disk: Disk) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    disk.room = 100
    fill(spool, 32 * KIB, now=NOON + 1000)
    disk.room = None
    spool.append(text(spool.end, 100), NOON + 1900)
    assert spool.trouble == FULL
    spool.append(text(spool.end, 100), NOON + 2000)
    assert spool.trouble == ""
    again = Spool(folder, MIB)
    assert again.read(0, 64 * KIB) == (0, text(0, 40 * KIB + 200), False)
    assert again.times(0, MIB)[-4:] == [
        (8 * KIB, NOON + 1000),
        (8 * KIB + 88, NOON + 1000),
        (40 * KIB, NOON + 1900),
        (40 * KIB + 100, NOON + 2000),
    ]


def test_what_memory_could_not_hold_is_a_gap(folder: Path, disk: Disk) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    disk.room = 0
    fill(spool, 128 * KIB, now=NOON + 100)
    held = spool.end - 64 * KIB
    assert spool.read(0, 64 * KIB) == (0, text(0, 8 * KIB), False)
    assert spool.read(8 * KIB, 64 * KIB) == (held, text(held, 64 * KIB), True)
    assert spool.since(NOON + 50) >= held
    disk.room = None
    spool.append(b"", NOON + 2000)
    assert spool.trouble == ""
    for each in (spool, Spool(folder, MIB)):
        assert each.read(8 * KIB, 64 * KIB) == (held, text(held, 64 * KIB), True)
        assert each.end == 136 * KIB


def test_a_full_disk_is_asked_once_a_second(
    folder: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    disk.room = 0
    asked = []

    def counted(fd: int, data: bytes) -> int:
        asked.append(fd)
        return disk.write(fd, data)

    monkeypatch.setattr(os, "write", counted)
    for number in range(300):
        spool.append(bytes(KIB), NOON + 10_000 + 10 * number)
    assert len(asked) < 10
    assert len(list(folder.iterdir())) == 3


def test_what_is_held_is_bounded() -> None:
    held = Held(0)
    for number in range(1000):
        held.add(bytes(KIB), NOON + APART * number)
    assert (len(held.data), len(held._times)) == (MOST, 64)
    assert held.times(0, 940 * KIB) == [(number * KIB, NOON + APART * number) for number in range(936, 940)]


def test_a_clock_set_back_while_the_disk_is_full_costs_no_times(folder: Path, disk: Disk) -> None:
    spool = Spool(folder, MIB)
    spool.append(b"before", NOON)
    disk.room = 0
    spool.append(b"during", NOON - 5000)
    disk.room = None
    spool.append(b"after!", NOON - 3000)
    assert spool.trouble == ""
    assert Spool(folder, MIB).times(0, 18) == [(0, NOON), (6, NOON)]


def test_closing_makes_a_last_attempt(folder: Path, disk: Disk) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    disk.room = 0
    fill(spool, 8 * KIB)
    disk.room = None
    spool.close()
    assert Spool(folder, MIB).read(0, 64 * KIB).data == text(0, 16 * KIB)


def test_offsets_go_on_after_a_close_on_a_full_disk(folder: Path, disk: Disk) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    disk.room = 0
    fill(spool, 8 * KIB)
    spool.close()
    assert Spool(folder, MIB).end == 16 * KIB


def test_a_folder_that_cannot_be_is_trouble_and_no_exception(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    spool = Spool(tmp_path / "file" / "line", MIB)
    assert spool.trouble == os.strerror(errno.ENOTDIR)
    fill(spool, 128 * KIB)
    assert spool.read(0, 64 * KIB) == (64 * KIB, text(64 * KIB, 64 * KIB), True)
    (tmp_path / "file").unlink()
    spool.append(text(spool.end, 100), NOON + 5000)
    assert spool.trouble == ""
    assert spool.read(100 * KIB, 64 * KIB).data == text(100 * KIB, 28 * KIB + 100)


def test_a_log_found_late_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "line"
    first = Spool(folder, MIB)
    fill(first, 32 * KIB)
    first.close()
    folder.rename(tmp_path / "away")
    folder.touch()
    spool = Spool(folder, MIB)
    fill(spool, 8 * KIB)
    folder.unlink()
    (tmp_path / "away").rename(folder)
    assert spool.append(b"here", NOON + 5000) == 32 * KIB
    assert spool.read(0, 64 * KIB) == (0, text(0, 32 * KIB) + b"here", False)


def test_a_folder_that_was_removed_is_made_again(folder: Path) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 32 * KIB)
    shutil.rmtree(folder)
    fill(spool, 64 * KIB)
    assert spool.trouble == os.strerror(errno.ENOENT)
    spool.append(text(spool.end, 100), NOON + 5000)
    assert spool.trouble == ""
    again = Spool(folder, MIB)
    assert again.end == 96 * KIB + 100
    assert again.read(0, 64 * KIB).data == text(again.start, again.end - again.start)


def test_a_segment_that_cannot_be_removed_stops_recording(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(folder, MIB)
    fill(spool, MIB - 128 * KIB)

    def refuse(path: str) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(os, "unlink", refuse)
    fill(spool, 256 * KIB)
    assert spool.trouble == os.strerror(errno.EROFS)
    spool.set_limit(MIB // 2)
    monkeypatch.undo()
    spool.append(b"", NOON + 5000)
    assert spool.trouble == ""
    assert spool.start > 0
    assert spool.read(spool.end - 8 * KIB, 64 * KIB).data == text(spool.end - 8 * KIB, 8 * KIB)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    mounted = tmp_path / "small"
    mounted.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(mounted)]
    if os.geteuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a file system of its own needs root")
    yield mounted
    subprocess.run(["umount", str(mounted)], check=True)


def test_a_file_system_that_is_really_full(small: Path) -> None:
    spool = Spool(small / "line", MIB)
    other = small / "other"
    other.write_bytes(bytes(128 * KIB))
    fill(spool, 256 * KIB)
    assert spool.trouble == FULL
    last = spool.read(192 * KIB, 64 * KIB)
    assert last == (192 * KIB, text(192 * KIB, 64 * KIB), False)
    other.unlink()
    spool.append(text(spool.end, 100), NOON + 5000)
    assert spool.trouble == ""
    spool.close()
    again = Spool(small / "line", MIB)
    assert again.read(192 * KIB, 64 * KIB) == last
    assert again.read(256 * KIB, KIB).data == text(256 * KIB, 100)
    recorded = again.read(0, 64 * KIB)
    assert recorded == (0, text(0, len(recorded.data)), False)
