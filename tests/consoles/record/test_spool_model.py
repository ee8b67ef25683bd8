"""Whatever happens to it, a spool answers as a plain list of what was printed would."""

import errno
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from consoles.record import held, mark, segments
from consoles.record.index import ENTRY
from consoles.record.spool import Spool
from tests.consoles.record.printing import NOON

HELD, SEGMENT = 200, 256


class Lives(RuleBasedStateMachine):
    """`runs` is all that was printed, `holes` what cannot be expected any more: refused for too long, or lost with the power."""

    @initialize(limit=st.sampled_from([600, 2000, 100_000]))
    def begin(self, limit: int) -> None:
        self.patches = pytest.MonkeyPatch()
        self.patches.setattr(held, "MOST", HELD)
        self.patches.setattr(segments, "SMALLEST", SEGMENT)
        self.write, self.room = os.write, -1
        self.patches.setattr(os, "write", self.on_disk)
        self.boot, self.safe, self.now, self.limit, self.appends = 0, 0, NOON, limit, 0
        self.root = Path(tempfile.mkdtemp())
        self.folder = self.root / "spool" / "line"
        self.runs: list[tuple[int, bytearray]] = []
        self.stamps: list[tuple[int, int]] = []
        self.holes: dict[int, int] = {}
        self.spool = Spool(self.folder, limit)

    def on_disk(self, fd: int, data: bytes) -> int:
        if self.room < 0 or not os.readlink(f"/proc/self/fd/{fd}").endswith((".log", ".idx")):
            return self.write(fd, data)
        if not self.room:
            raise OSError(errno.ENOSPC, "full")
        taken = self.write(fd, data[: self.room])
        self.room -= taken
        return taken

    def files(self, suffix: str) -> list[Path]:
        return sorted(self.folder.glob(f"*.{suffix}")) if hasattr(self, "folder") else []

    def stored(self) -> int:
        """Where the data on disk ends."""
        logs = self.files("log")
        return int(logs[-1].stem) + logs[-1].stat().st_size if logs else 0

    def misses(self, first: int, behind: int) -> None:
        self.holes[first] = max(self.holes.get(first, first), behind)

    def weight(self) -> int:
        return sum(path.stat().st_size for suffix in ("log", "idx") for path in self.files(suffix))

    @rule(size=st.integers(1, 120), many=st.integers(1, 6), later=st.sampled_from([0, 3, 30, 70, 1500]))
    def prints(self, size: int, many: int, later: int) -> None:
        for _ in range(many):
            self.now += later
            self.appends += 1
            data = bytes((self.appends * 7 + place) % 256 for place in range(size))
            expected = self.spool.end
            offset = self.spool.append(data, self.now)
            assert (offset, self.spool.end, self.spool.last_ms) == (expected, expected + size, self.now)
            if self.runs and self.runs[-1][0] + len(self.runs[-1][1]) == offset:
                self.runs[-1][1].extend(data)
            else:
                self.runs.append((offset, bytearray(data)))
            self.stamps.append((offset, self.now))
            if self.spool.trouble:
                self.misses(self.stored(), self.spool.end - HELD)

    @rule(room=st.integers(0, 300))
    def fills_the_disk(self, room: int) -> None:
        self.room = room

    @precondition(lambda self: getattr(self, "room", -1) >= 0)
    @rule()
    def frees_the_disk(self) -> None:
        self.room = -1
        self.now += 1000
        self.spool.append(b"", self.now)
        assert self.spool.trouble == ""

    @rule(limit=st.sampled_from([600, 2000, 100_000]))
    def changes_the_limit(self, limit: int) -> None:
        self.limit = limit
        self.spool.set_limit(limit)

    @rule(tenths=st.integers(0, 10))
    def is_told_to_forget(self, tenths: int) -> None:
        before = self.spool.start + (self.spool.end - self.spool.start) * tenths // 10
        kept = [(max(at, before), data[max(before - at, 0) :]) for at, data in self.expected()]
        self.spool.forget(before)
        assert self.joined(self.readable()) == self.joined([(at, data) for at, data in kept if data])

    def opens_again(self, closed: bool) -> None:
        end, trouble = self.spool.end, self.spool.trouble
        if closed:
            self.spool.close()
            trouble = self.spool.trouble
        else:
            self.spool._segments.close()  # what the kernel does for a process that is killed
        if trouble:
            self.misses(self.stored(), end)
        self.spool = Spool(self.folder, self.limit)
        assert self.spool.end >= end
        if not trouble and not self.holes:
            assert self.spool.end == end

    @rule()
    def is_closed(self) -> None:
        self.opens_again(closed=True)

    @rule()
    def is_killed(self) -> None:
        self.opens_again(closed=False)

    @rule(torn=st.sampled_from([b"\x00" * 5, b"\xff" * 12, bytes(24), ENTRY.pack(10**6, NOON * 2)]))
    def is_killed_while_it_writes_the_index(self, torn: bytes) -> None:
        for index in self.files("idx")[-1:]:
            with index.open("ab", buffering=0) as file:
                self.write(file.fileno(), torn)
        self.opens_again(closed=False)

    @rule(lost=st.integers(0, 400))
    def loses_its_power(self, lost: int) -> None:
        for log in self.files("log")[-1:]:  # what was there before the last power cut is safe from this one
            least = max(self.safe - int(log.stem), 0)
            os.truncate(log, max(log.stat().st_size - lost, min(least, log.stat().st_size)))
        self.boot += 1
        self.patches.setattr(mark, "this_boot", lambda: f"{self.boot:036d}")
        self.safe = self.stored()
        self.misses(self.safe, self.spool.end)
        self.opens_again(closed=False)

    def expected(self) -> list[tuple[int, bytes]]:
        """What must be readable: each run without its holes and without what has left the window."""
        pieces = []
        for start, data in self.runs:
            at, end = max(start, self.spool.start), start + len(data)
            for first, behind in sorted(self.holes.items()):
                if first < end and behind > at:
                    pieces.append((at, bytes(data[max(at - start, 0) : max(first - start, 0)])))
                    at = behind
            pieces.append((at, bytes(data[max(at - start, 0) :])))
        return [(at, data) for at, data in pieces if data]

    def readable(self) -> list[tuple[int, bytes]]:
        found: list[tuple[int, bytes]] = []
        at = 0
        while (piece := self.spool.read(at, 300)).data:
            assert piece.gone == (piece.offset > at)
            found.append((piece.offset, piece.data))
            at = piece.offset + len(piece.data)
        assert piece.offset == self.spool.end
        return found

    @staticmethod
    def joined(pieces: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        whole: list[tuple[int, bytearray]] = []
        for at, data in pieces:
            if whole and whole[-1][0] + len(whole[-1][1]) == at:
                whole[-1][1].extend(data)
            else:
                whole.append((at, bytearray(data)))
        return [(at, bytes(data)) for at, data in whole]

    @invariant()
    def it_holds_what_was_printed(self) -> None:
        if hasattr(self, "spool"):
            assert self.joined(self.readable()) == self.joined(self.expected())

    @invariant()
    def it_keeps_to_its_limit(self) -> None:
        logs = self.files("log")
        newest = 100_000 // 16 + 132 if len(logs) == 1 else 0  # the one being written stays
        assert not logs or self.spool.trouble or self.weight() <= max(self.limit, newest)

    @rule()
    def is_asked_for_times(self) -> None:
        readable = dict(self.expected())
        inside = [
            (offset, ms)
            for offset, ms in self.stamps
            if any(at <= offset < at + len(data) for at, data in readable.items())
        ]
        for offset, ms in inside[:: max(len(inside) // 5, 1)]:
            since = self.spool.since(ms)
            assert since <= offset
            assert all(at < since or when > ms - 50 for at, when in inside)
            ((first, printed), *_) = self.spool.times(offset, offset + 1)
            assert first == offset
            assert printed <= ms < printed + 50

    def teardown(self) -> None:
        if hasattr(self, "spool"):
            self.spool.close()
            self.patches.undo()
            shutil.rmtree(self.root)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
