"""How often a line is read: at once after silence, in batches while busy, at once again when a key's echo is awaited."""

from collections.abc import Callable
from typing import Any

import pytest

from consoles.drivers.base import Endpoint
from consoles.hub.reading import GRID, SAFE_BYTES, Reading

LONGEST = Endpoint.rest


class Timer:
    def __init__(self, when: float, callback: Callable[[], None]) -> None:
        self.when, self.callback, self.cancelled = when, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class Clock:
    """The loop as Reading uses it, with a time of its own."""

    def __init__(self) -> None:
        self.now = 100.0
        self.readers: dict[int, Callable[[], None]] = {}
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def add_reader(self, fd: int, callback: Callable[..., None], *args: Any) -> None:
        assert fd not in self.readers
        self.readers[fd] = lambda: callback(*args)

    def remove_reader(self, fd: int) -> None:
        del self.readers[fd]

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(Timer(when, callback))
        return self.timers[-1]

    def go_on(self, seconds: float, lines: "list[Device]" = ()) -> None:  # type: ignore[assignment]
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 0.0005)
            for line in lines:
                line.print(self.now)
            for line in lines:
                if line.waiting and line.fd in self.readers:
                    self.readers[line.fd]()
            due = [timer for timer in self.timers if timer.when <= self.now]
            self.timers = [timer for timer in self.timers if timer.when > self.now and not timer.cancelled]
            for timer in due:
                if not timer.cancelled:
                    timer.callback()


class Device:
    """Prints so many bytes a second."""

    def __init__(self, fd: int, rate: float, rest: float = LONGEST) -> None:
        self.fd, self.rate, self.rest = fd, rate, rest
        self.since: float | None = None
        self.printed = self.taken = 0
        self.reads: list[int] = []
        self.most = 0

    @property
    def waiting(self) -> int:
        return self.printed - self.taken

    def print(self, now: float) -> None:
        self.since = self.since or now
        self.printed = int((now - self.since) * self.rate)
        self.most = max(self.most, self.waiting)

    def read(self) -> int:
        count = min(self.waiting, 4096)
        self.taken += count
        self.reads.append(count)
        return count


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reading(clock: Clock) -> Reading:
    return Reading(clock)  # type: ignore[arg-type]


def test_the_first_bytes_after_silence_are_read_at_once(clock: Clock, reading: Reading) -> None:
    device = Device(3, 0)
    reading.watch(device)
    device.printed = 1
    clock.readers[3]()
    assert device.reads == [1]
    assert 3 in clock.readers


@pytest.mark.parametrize("rate", [3_000, 11_520, 27_000, 46_000])
def test_a_busy_line_is_read_in_batches_that_its_socket_can_hold(
    clock: Clock, reading: Reading, rate: int
) -> None:
    device = Device(3, rate)
    reading.watch(device)
    clock.go_on(1.0, [device])
    assert device.taken / len(device.reads) > min(100, rate * 0.01)
    assert device.most < 270
    assert device.taken > rate * 0.97


def test_a_line_that_becomes_busy_does_not_wait_for_the_tick_of_a_slower_one(
    clock: Clock, reading: Reading
) -> None:
    slow, fast = Device(3, 3_000), Device(4, 46_000)
    reading.watch(slow)
    reading.watch(fast)
    clock.go_on(0.2, [slow])
    clock.go_on(0.2, [slow, fast])
    assert fast.most < 270


def test_a_line_that_bears_no_pause_is_read_in_time_when_it_suddenly_prints_faster(
    clock: Clock, reading: Reading
) -> None:
    """As a guest does whose kernel, after its loader's slow menu, prints all it has kept."""
    guest = Device(3, 3_000, rest=0.001)
    reading.watch(guest)
    clock.go_on(0.2, [guest])
    guest.rate, guest.since, before = 100_000, clock.now - guest.printed / 100_000, guest.most
    clock.go_on(0.1, [guest])
    assert before < guest.most < 270


def test_a_line_that_falls_silent_waits_in_the_selector_again(clock: Clock, reading: Reading) -> None:
    device = Device(3, 11_520)
    reading.watch(device)
    clock.go_on(0.2, [device])
    assert 3 not in clock.readers
    clock.go_on(4 * LONGEST)
    assert 3 in clock.readers
    assert clock.timers == []


def test_the_echo_of_a_key_on_a_busy_line_does_not_wait_for_the_tick(clock: Clock, reading: Reading) -> None:
    device = Device(3, 11_520)
    reading.watch(device)
    clock.go_on(0.2, [device])
    reading.expect_echo(device)
    assert 3 in clock.readers
    clock.go_on(GRID, [device])
    assert 3 in clock.readers


def test_a_line_that_is_forgotten_is_not_read(clock: Clock, reading: Reading) -> None:
    idle, busy = Device(3, 0), Device(4, 11_520)
    reading.watch(idle)
    reading.watch(busy)
    clock.go_on(0.1, [busy])
    reading.forget(idle)
    reading.forget(busy)
    before = len(busy.reads)
    clock.go_on(0.1, [busy])
    assert clock.readers == {}
    assert len(busy.reads) == before


def test_a_line_whose_bytes_cost_much_to_understand_leaves_the_loop_to_the_others(
    clock: Clock, reading: Reading, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dear(Device):
        def read(self) -> int:
            spent[0] += 0.01
            return super().read()

    spent = [0.0]
    monkeypatch.setattr("time.thread_time", lambda: spent[0])
    device = Dear(3, 10_000_000)
    reading.watch(device)
    clock.go_on(1.0, [device])
    assert 0.1 < spent[0] < 0.26
    before = spent[0]
    while spent[0] == before:
        clock.go_on(0.0005, [device])
    reading.expect_echo(device)  # nor do its writer's keys bring it back
    assert 3 not in clock.readers


@pytest.mark.parametrize(("beside", "rests"), [(0, False), (1, True)])
def test_a_flood_of_plain_bytes_rests_only_where_another_line_is_busy(
    clock: Clock, reading: Reading, monkeypatch: pytest.MonkeyPatch, beside: int, rests: bool
) -> None:
    class Flood(Device):
        def read(self) -> int:
            spent[0] += 0.003
            super().read()
            return 400_000

    spent = [0.0]
    monkeypatch.setattr("time.thread_time", lambda: spent[0])
    lines = [Flood(3, 10_000_000), *(Device(4, 11_520) for _ in range(beside))]
    for line in lines:
        reading.watch(line)
    clock.go_on(1.0, lines)
    assert (spent[0] < 0.3) is rests


def test_a_full_line_is_read_again_before_the_others_have_their_turn_but_not_for_ever(
    clock: Clock, reading: Reading
) -> None:
    device = Device(3, 0)
    reading.watch(device)
    device.printed = 1_000_000
    clock.readers[3]()
    assert 1 < len(device.reads) <= 5
    assert SAFE_BYTES < device.taken < 1_000_000
