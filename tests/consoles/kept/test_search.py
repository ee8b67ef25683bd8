"""Words are found where the text view shows them, a few at a time, with a place to go on from."""

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consoles.kept.drawing import plain
from consoles.kept.search import Found, search
from consoles.kept.text import Line, lines
from tests.consoles.kept.memory import Memory

MIB = 1024 * 1024


def found(log: Memory, words: str, **how: int | float) -> list[str]:
    """To the end, answer by answer."""
    hits = list[str]()
    at: int | None = 0
    while at is not None:
        answer = search(log, words, at, **how)  # type: ignore[arg-type]
        assert answer.next is None or answer.next > at
        hits += [f"{hit.offset}:{hit.column}" for hit in answer.hits]
        at = answer.next
    return hits


@pytest.mark.parametrize(
    ("printed", "words", "hits"),
    [
        (b"first\r\nKernel panic\r\n", "kernel PANIC", ["7:0"]),
        (b"a pan\x1b[31mic here\n", "panic", ["0:2"]),
        (b"pax\bnic\n", "panic", ["0:0"]),
        (b"panic\rall good\n", "panic", []),
        (b"\x1b]0;panic\x07calm\n", "panic", []),
        ("größe GRÖSSE\nstraße\n".encode(), "größe", ["0:0"]),
        (b"aaaa\n", "aa", ["0:0", "0:2"]),
        (b"no newline yet: panic", "panic", ["0:16"]),
        (b"one\ntwo\n", "e\nt", []),
        (b"one\ntwo\n", "", []),
    ],
)  # fmt: skip
def test_what_is_shown_is_found(printed: bytes, words: str, hits: list[str]) -> None:
    assert found(Memory(printed), words) == hits


def test_a_hit_comes_with_what_is_around_it() -> None:
    log = Memory(b"x" * 500 + b" panic " + b"y" * 500 + b"\n")
    [hit] = search(log, "panic").hits
    assert hit.column == 501
    assert hit.text[hit.column - hit.begins :].startswith("panic y")
    assert len(hit.text) == 240


@given(
    st.lists(
        st.sampled_from([b"panic ", b"\n", b"\r\n", b"\x1b[31m", b"x" * 50, b"\r", b"\x1b[4;4H", b"pan"]),
        max_size=30,
    ).map(b"".join),
    st.integers(1, 5),
    st.sampled_from([0.0, 9.0]),
)
def test_hits_are_those_of_the_text_however_they_are_asked_for(
    printed: bytes, most: int, budget: float
) -> None:
    log = Memory(printed, piece=64)
    shown = [one for one in lines(log) if isinstance(one, Line)]
    expected = [
        f"{line.offset}:{at}"
        for line in shown
        for at in range(len(line.text))
        if line.text.startswith("panic", at)
    ]
    assert found(log, "panic", most=most, budget=budget) == expected


def test_a_search_keeps_to_its_stretch() -> None:
    log = Memory(b"panic 1\npanic 2\npanic 3\n")
    assert [hit.text for hit in search(log, "panic", 8, end=16).hits] == ["panic 2"]


def test_it_stops_when_its_time_is_over_and_says_where_to_go_on() -> None:
    log = Memory(b"nothing here\n" * 100_000)
    answer = search(log, "panic", budget=0)
    assert answer.hits == []
    assert answer.next is not None
    assert 0 < answer.next <= 256 * 1024
    assert log.read_bytes < MIB
    assert search(log, "panic", answer.next, budget=60) == Found([], None)


def test_it_looks_at_its_time_within_what_takes_long_to_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[bytes]()

    def noted(row: bytes) -> str:
        drawn.append(row)
        return plain(row)

    monkeypatch.setattr("consoles.kept.search.plain", noted)
    log = Memory(b"nix\bpac\n" * 25_000 + b"panicx\n")
    answer = search(log, "panicx", budget=0)
    assert answer.next is not None
    assert 0 < len(drawn) < 3000
    assert [hit.offset for hit in search(log, "panicx", answer.next, budget=60).hits] == [200_000]


def test_a_long_log_is_never_in_memory_whole() -> None:
    log = Memory(b"nothing here\r\n" * (2 * MIB))
    tracemalloc.start()
    search(log, "panic", budget=60)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert log.read_bytes >= len(log.data)
    assert peak < 4 * MIB
