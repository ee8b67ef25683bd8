"""A circular log is exact to a segment, and counts as lost what it would still have had."""

from hypothesis import given
from hypothesis import strategies as st

from consoles.archive.window import between, leaving, lost
from consoles.record.mark import SKIP

SIZES = st.lists(st.integers(1, 50), max_size=30)


@given(SIZES, st.integers(0, 50), st.integers(1, 200))
def test_what_stays_fits_and_the_next_older_piece_would_not(
    sizes: list[int], waiting: int, limit: int
) -> None:
    count = leaving(sizes, waiting, limit)
    stays = sum(sizes[count:]) + waiting
    newest_alone = count == len(sizes) - (0 if waiting else 1)
    assert stays <= limit or newest_alone or not sizes
    if count:
        assert stays + sizes[count - 1] > limit


@given(SIZES, st.integers(0, 50), st.integers(1, 200))
def test_asked_again_nothing_more_leaves(sizes: list[int], waiting: int, limit: int) -> None:
    stays = sizes[leaving(sizes, waiting, limit) :]
    assert leaving(stays, waiting, limit) == 0


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=60), st.integers(60, 300))
def test_however_often_it_is_shortened_the_same_is_kept(prints: list[tuple[int, bool]], limit: int) -> None:
    """Segments come one by one; sometimes the archive is asked, sometimes it was away."""
    all_at_once = [size for size, _asked in prints]
    kept: list[int] = []
    for size, asked in prints:
        kept.append(size)
        if asked:
            kept = kept[leaving(kept, 0, limit) :]
    kept = kept[leaving(kept, 0, limit) :]
    assert kept == all_at_once[leaving(all_at_once, 0, limit) :]


def test_the_newest_piece_stays_whatever_the_limit() -> None:
    assert leaving([10, 500], 0, 100) == 1
    assert leaving([10, 500], 1, 100) == 2


@given(*[st.integers(0, 1000)] * 4)
def test_lost_is_what_the_limit_would_still_have_kept(
    archived_to: int, gone: int, on_disk: int, limit: int
) -> None:
    """Byte by byte: which of those that left the disk would the machine's log have now?"""
    start = archived_to + gone
    end = start + on_disk
    would_have = [byte for byte in range(archived_to, start) if byte >= end - limit]
    assert lost(archived_to, start, on_disk, limit) == len(would_have)


def test_what_is_on_the_disk_alone_is_known_from_its_ends() -> None:
    assert [between(*ends) for ends in ((0, None, 0), (0, 0, 70), (30, 10, 70), (90, 10, 70))] == [
        0,
        70,
        40,
        0,
    ]
    assert between(0, 100, 170 + SKIP) == 70, "after a power cut offsets between may be of nothing"


def test_without_a_limit_all_that_left_is_lost() -> None:
    assert lost(100, 130 + SKIP, 10**9 + SKIP, None) == 30


def test_offsets_that_nothing_was_printed_at_are_no_loss() -> None:
    assert lost(100, 100 + SKIP, 100, 10_000) == 0
    assert lost(100, 130 + SKIP, 70, 10_000) == 30
