"""Lines that waited: what came later on them is a line of its own, with its own time, behind what happened meanwhile."""

from consoles.kept.moments import Kind, Moment
from consoles.kept.text import Gap, Line, lines
from consoles.kept.waiting import MOST, waited
from tests.consoles.kept.memory import NOON, Memory


def printed(*prints: tuple[float, bytes]) -> Memory:
    log = Memory()
    for second, data in prints:
        log.print(data, NOON + round(second * 1000))
    return log


def told(log: Memory, *seconds: float, kind: Kind = Kind.ATTACH) -> list[tuple[int, str]]:
    places = [log.since(NOON + round(second * 1000)) for second in seconds]
    happened = [Moment(NOON, place, kind, "", "") for place in places]
    found = list(waited(log, lines(log), log.times(0, log.end), happened))
    assert [one.offset for one in found[1:]] == [one.end for one in found[:-1]]
    return [(one.offset, one.text) for one in found if isinstance(one, Line)]


def test_what_comes_after_somebody_came_stands_after_them() -> None:
    log = printed((0, b"boot\r\nlogin: "), (4, b"sysrq: HELP\r\n"), (4, b"more\r\n"))
    assert told(log) == [(0, "boot"), (6, "login: sysrq: HELP"), (26, "more")]
    assert told(log, 2) == [(0, "boot"), (6, "login: "), (13, "sysrq: HELP"), (26, "more")]


def test_so_does_what_comes_long_after() -> None:
    log = printed((0, b"login: "), (1000, b"sysrq: HELP\r\n"))
    assert told(log) == [(0, "login: "), (7, "sysrq: HELP")]


def test_what_somebody_types_stays_one_line() -> None:
    log = printed((0, b"$ "), (5, b"ls"), (8, b" -la"), (16, b"\r\n"))
    assert told(log) == [(0, "$ ls -la")]


def test_what_goes_on_without_a_pause_stays_one_line_whoever_comes() -> None:
    log = printed((0, b"kernel sta"), (0.5, b"rts\r\n"))
    assert told(log, 0.2) == [(0, "kernel starts")]


def test_what_was_seen_in_a_line_does_not_cut_it() -> None:
    log = printed((0, b"Kernel "), (4, b"panic\r\n"))
    assert told(log, 2, kind=Kind.SIGHTING) == [(0, "Kernel panic")]


def test_an_end_that_comes_late_stays_with_its_line() -> None:
    log = printed((0, b"login: "), (1000, b"\r\n"), (1000, b"login: "))
    assert told(log) == [(0, "login: "), (9, "login: ")]


def test_the_last_one_alone_is_not_whole_yet() -> None:
    log = printed((0, b"login: "), (1000, b"ada"))
    found = [one for one in waited(log, lines(log), log.times(0, log.end), []) if isinstance(one, Line)]
    assert [(one.text, one.whole) for one in found] == [("login: ", True), ("ada", False)]


def test_gaps_are_passed_on_and_the_number_is_bounded() -> None:
    log = printed(*[(60 * minute, b".") for minute in range(3 * MOST)])
    log.holes = [(0, 2)]
    found = list(waited(log, lines(log), log.times(0, log.end), []))
    assert found[0] == Gap(0, 2)
    assert len(found) == 1 + MOST
    assert sum(len(one.text) for one in found if isinstance(one, Line)) == 3 * MOST - 2
