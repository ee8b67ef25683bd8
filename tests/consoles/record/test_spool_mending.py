import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from consoles.record import mark
from consoles.record.index import ENTRY
from consoles.record.mark import SKIP
from consoles.record.spool import Spool
from tests.consoles.record.printing import KIB, MIB, NOON, fill, text

ROOT = Path(__file__).resolve().parents[3]
CHILD = """
import resource, sys
from pathlib import Path
from consoles.record.spool import Spool
from tests.consoles.record.printing import NOON, text
pace = 7
if int(sys.argv[2]):
    pace = 0  # or else it would go on in another file
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))
spool = Spool(Path(sys.argv[1]), 4 << 20)
number = 0
while True:
    spool.append(text(spool.end, 115), NOON + pace * number)
    number += 1
    sys.stdout.write(f"{spool.end} {int(bool(spool.trouble))}\\n")
    sys.stdout.flush()
"""


def printed_until_killed(folder: Path, lines: int, largest_file: int = 0) -> tuple[int, bool]:
    """What a recorder had acknowledged when it was killed: the end of its log, and whether the disk refused."""
    command = [sys.executable, "-c", CHILD, str(folder), str(largest_file)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout
        said = [child.stdout.readline() for _ in range(lines)]
        child.send_signal(signal.SIGKILL)
        said += child.stdout.readlines()
        assert child.wait(10) == -signal.SIGKILL
    end, refused = [line for line in said if line.endswith(b"\n")][-1].split()
    return int(end), refused == b"1"


def newest(folder: Path, suffix: str) -> Path:
    return max(folder.glob(f"*.{suffix}"))


def whole(spool: Spool) -> bytes:
    found, at = b"", spool.start
    while data := spool.read(at, 64 * KIB).data:
        found, at = found + data, at + len(data)
    return found


def test_kill_nine_loses_and_repeats_nothing(folder: Path) -> None:
    acknowledged = 0
    for lines in (1, 3000, 900):
        before = acknowledged
        acknowledged, _ = printed_until_killed(folder, lines)
        assert acknowledged > before
        spool = Spool(folder, 4 * MIB)
        assert spool.end >= acknowledged
        assert whole(spool) == text(0, spool.end)
    assert spool.times(0, 1) == [(0, NOON)]


def test_offsets_that_only_memory_knew_are_not_given_again(folder: Path) -> None:
    acknowledged, refused = printed_until_killed(folder, 2000, largest_file=48 * KIB)
    assert refused
    assert acknowledged > 48 * KIB
    spool = Spool(folder, 4 * MIB)
    assert spool.end >= acknowledged
    kept = spool.read(0, 64 * KIB)
    assert (kept.data, kept.gone) == (text(0, 48 * KIB), False)
    assert spool.read(48 * KIB, 10) == (spool.end, b"", True)
    after = spool.append(b"again", NOON + 10_000_000)
    assert spool.read(48 * KIB, 10) == (after, b"again", True)


@pytest.mark.parametrize(
    "torn", [b"\x00", ENTRY.pack(5000, NOON + 900), bytes(24), ENTRY.pack(5000, NOON)[:7]]
)
def test_a_torn_index_is_mended(folder: Path, torn: bytes) -> None:
    spool = Spool(folder, MIB)
    for number in range(10):
        spool.append(text(spool.end, 100), NOON + 100 * number)
    with newest(folder, "idx").open("ab") as index:
        index.write(torn)
    again = Spool(folder, MIB)
    assert (again.end, again.last_ms) == (1000, NOON + 900)
    again.append(text(1000, 100), NOON + 1000)
    assert again.times(0, 2000) == [(100 * number, NOON + 100 * number) for number in range(11)]
    assert whole(again) == text(0, 1100)


def test_the_length_of_the_data_is_the_truth(folder: Path) -> None:
    spool = Spool(folder, MIB)
    for number in range(10):
        spool.append(text(spool.end, 100), NOON + 100 * number)
    spool.append(b"", NOON)
    os.truncate(newest(folder, "log"), 450)
    again = Spool(folder, MIB)
    assert again.last_ms == NOON + 400
    assert whole(again) == text(0, 450)


def test_an_empty_last_segment_and_a_lost_index_do_no_harm(folder: Path) -> None:
    fill(Spool(folder, MIB), 64 * KIB)
    newest(folder, "idx").unlink()
    (folder / f"{64 * KIB:020d}.log").touch()
    again = Spool(folder, MIB)
    assert (again.end, again.last_ms, again.trouble) == (64 * KIB, None, "")
    assert again.times(0, 100) == []
    fill(again, 8 * KIB)
    assert whole(again) == text(0, 72 * KIB)


def test_strange_files_are_let_be(folder: Path) -> None:
    fill(Spool(folder, MIB), 8 * KIB)
    strange = ["notes.txt", "99999999999999999999.log", "123.log", f"{9:020d}.log.gz", f"{77:020d}.idx"]
    for name in strange:
        (folder / name).write_text("not ours")
    (folder / f"{10 * MIB:020d}.log").mkdir()
    again = Spool(folder, MIB)
    fill(again, 2 * MIB)
    assert again.end == 2 * MIB + 8 * KIB
    assert all((folder / name).exists() for name in strange)


def test_a_file_that_vanished_is_a_gap(folder: Path) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 256 * KIB)
    sorted(folder.glob("*.log"))[1].unlink()
    second, third = (int(path.stem) for path in sorted(folder.glob("*.idx"))[1:3])
    assert spool.read(second - 10, KIB) == (second - 10, text(second - 10, 10), False)
    assert spool.read(second, KIB) == (third, text(third, KIB), True)


def power_cut(monkeypatch: pytest.MonkeyPatch, boot: str) -> None:
    monkeypatch.setattr(mark, "this_boot", lambda: boot * 36)


def test_after_a_power_cut_no_offset_is_given_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(Spool(folder, MIB), 16 * KIB)
    os.truncate(newest(folder, "log"), 12 * KIB)
    power_cut(monkeypatch, "1")
    second = Spool(folder, MIB)
    assert second.end >= 12 * KIB + SKIP
    assert second.read(8 * KIB, 64 * KIB) == (8 * KIB, text(8 * KIB, 4 * KIB), False)
    assert second.read(12 * KIB, KIB) == (second.end, b"", True)
    first = second.append(b"hello", NOON)
    assert second.read(12 * KIB, KIB) == (first, b"hello", True)
    newest(folder, "log").unlink()  # and the power goes again
    power_cut(monkeypatch, "2")
    assert Spool(folder, MIB).end >= first + SKIP


def test_a_restart_of_the_host_is_no_gap_where_the_log_was_closed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 16 * KIB)
    spool.close()
    power_cut(monkeypatch, "1")
    assert Spool(folder, MIB).end == 16 * KIB
    os.truncate(newest(folder, "log"), 12 * KIB)  # closed, but not all of it had reached the disk
    assert Spool(folder, MIB).end == 16 * KIB


def test_a_log_without_its_mark_is_taken_for_one_after_a_power_cut(folder: Path) -> None:
    fill(Spool(folder, MIB), 8 * KIB)
    (folder / "mark").write_bytes(b"\xff garbage")
    assert Spool(folder, MIB).end == 8 * KIB + SKIP
    (folder / "mark").unlink()
    assert Spool(folder, MIB).end == 8 * KIB + SKIP
    shutil.rmtree(folder)
    assert Spool(folder, MIB).end == 0
