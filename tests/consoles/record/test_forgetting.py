"""What is forgotten and killed in the middle is forgotten when it is asked again, and nothing that was printed since goes with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from consoles.record import segment, segments
from consoles.record.segment import Segment
from consoles.record.spool import Spool
from tests.consoles.record.printing import KIB, MIB, fill, text

BEFORE = 10_000


class Killed(BaseException):
    pass


def dies(*_given: object) -> None:
    raise Killed


def killed(
    spool: Spool, monkeypatch: pytest.MonkeyPatch, target: object, name: str, act: Callable[..., None]
) -> None:
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(target, name, act)
        spool.forget(BEFORE)


def between_rename_and_remove(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    killed(spool, monkeypatch, Segment, "remove", dies)


def with_its_index_removed(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = segment.os.unlink

    def once(path: str) -> None:
        unlink(path)
        raise Killed

    killed(spool, monkeypatch, segment.os, "unlink", once)


def before_the_log_has_its_name(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = segment.os.rename

    def once(old: str, new: str) -> None:
        if new.endswith(".log"):
            raise Killed
        rename(old, new)

    killed(spool, monkeypatch, segment.os, "rename", once)


@pytest.mark.parametrize("small", [True, False])
@pytest.mark.parametrize(
    "die", [between_rename_and_remove, with_its_index_removed, before_the_log_has_its_name]
)
def test_what_was_printed_since_is_kept(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    die: Callable[[Spool, pytest.MonkeyPatch], None],
    small: bool,
) -> None:
    monkeypatch.setattr(segments, "SMALLEST", 4 * KIB if small else MIB)
    spool = Spool(folder, 64 * KIB)
    fill(spool, 24 * KIB, at_once=500)
    die(spool, monkeypatch)
    again = Spool(folder, 64 * KIB)
    fill(again, 6 * KIB, at_once=500)
    end = again.end
    again.forget(BEFORE)
    assert again.start == BEFORE
    found, at = b"", BEFORE
    while data := again.read(at, 64 * KIB).data:
        found, at = found + data, at + len(data)
    assert (at, found) == (end, text(BEFORE, end - BEFORE))
    assert min(int(path.stem) for path in folder.glob("*.log")) == BEFORE


def test_asked_for_more_of_what_is_cut_already_it_cuts_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = Spool(folder, MIB)
    fill(spool, 24 * KIB, at_once=500)
    between_rename_and_remove(spool, monkeypatch)
    again = Spool(folder, MIB)
    again.forget(BEFORE + 1000)
    assert again.start == BEFORE + 1000
    assert again.read(0, 64 * KIB).data == text(BEFORE + 1000, again.end - BEFORE - 1000)
    assert len(list(folder.glob("*.log"))) == 1
