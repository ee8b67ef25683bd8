"""One writer, whatever happens in whatever order."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from consoles.hub.keyboard import HOLD, Keyboard


@dataclass(eq=False)
class Person:
    id: str
    person: str
    page: str
    may_write: bool = True


ADA, BOB = Person("1", "ada", "p1"), Person("2", "bob", "p2")


def test_it_gives_the_keyboard_to_whoever_comes_first() -> None:
    keyboard = Keyboard()
    assert keyboard.sit(ADA)
    assert not keyboard.sit(BOB)
    assert keyboard.writer is ADA


def test_it_gives_nothing_to_somebody_who_may_only_watch() -> None:
    keyboard = Keyboard()
    watcher = Person("3", "eve", "p3", may_write=False)
    assert not keyboard.sit(watcher)
    assert not keyboard.take(watcher, None)
    keyboard.sit(ADA)
    assert not keyboard.hand(ADA, watcher)
    assert keyboard.writer is ADA


def test_it_takes_over_only_from_the_writer_that_was_seen() -> None:
    keyboard = Keyboard()
    keyboard.sit(ADA)
    assert not keyboard.take(BOB, None)
    assert not keyboard.take(BOB, "9")
    assert keyboard.take(BOB, ADA.id)
    assert keyboard.writer is BOB


def test_it_keeps_the_seat_of_a_page_that_was_cut_off() -> None:
    keyboard = Keyboard()
    keyboard.sit(ADA)
    assert not keyboard.leave(ADA, on_purpose=False, now=100)
    assert not keyboard.sit(BOB)
    assert not keyboard.sit(Person("4", "bob", ADA.page))
    assert keyboard.sit(Person("5", ADA.person, ADA.page))


def test_it_frees_a_kept_seat_when_its_time_is_over() -> None:
    keyboard = Keyboard()
    keyboard.sit(ADA)
    keyboard.leave(ADA, on_purpose=False, now=100)
    assert not keyboard.expire(100 + HOLD - 0.1)
    assert keyboard.expire(100 + HOLD)
    assert keyboard.sit(BOB)


def test_it_lets_a_kept_seat_be_taken_over_by_name() -> None:
    keyboard = Keyboard()
    keyboard.sit(ADA)
    keyboard.leave(ADA, on_purpose=False, now=100)
    assert keyboard.take(BOB, ADA.id)
    assert not keyboard.expire(200)
    assert keyboard.writer is BOB


def test_it_is_free_at_once_for_whoever_comes_after_somebody_who_left_on_purpose() -> None:
    keyboard = Keyboard()
    keyboard.sit(ADA)
    assert keyboard.leave(ADA, on_purpose=True, now=100)
    assert keyboard.sit(BOB)


PEOPLE = [Person(str(n), f"person-{n % 3}", f"page-{n % 2}", may_write=n != 4) for n in range(5)]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["sit", "take", "release", "hand", "leave", "drop", "expire"]),
        st.sampled_from(PEOPLE),
        st.sampled_from(PEOPLE),
    ),
    max_size=40,
)


@given(ACTS)
def test_there_is_never_more_than_one_and_never_one_who_may_not(
    acts: list[tuple[str, Person, Person]],
) -> None:
    keyboard, now = Keyboard(), 0.0
    for act, one, other in acts:
        now += 3
        before = keyboard.writer
        if act == "sit":
            assert keyboard.sit(one) is (keyboard.writer is one and before is None)
        elif act == "take":
            if keyboard.take(one, other.id):
                assert before is other or before is None
        elif act == "release":
            keyboard.release(one)
        elif act == "hand":
            assert keyboard.hand(one, other) is (before is one and other.may_write)
        elif act == "expire":
            keyboard.expire(now)
        else:
            keyboard.leave(one, on_purpose=act == "leave", now=now)
        assert keyboard.writer is None or isinstance(keyboard.writer, Person)
        assert keyboard.writer is None or keyboard.writer.may_write
        assert keyboard.writer is None or keyboard.held is None
