"""What is on its way to a screen is what the screen draws in a moment."""

from consoles.hub.window import AHEAD, LEAST, Window
from consoles.wire import KIB, WINDOW, Op
from tests.consoles.hub.support import Host, numbered, until


def test_it_has_room_until_a_window_is_undrawn() -> None:
    window = Window()
    window.starts(1000, live=0)
    window.send(1000 + LEAST, 0.0)
    assert window.room
    window.send(1001 + LEAST, 0.0)
    assert not window.room
    window.draw(1001, 0.01)
    assert window.room


def test_it_shrinks_to_what_a_slow_screen_draws_in_a_moment() -> None:
    window = Window()
    window.send(WINDOW + 1, 0.0)
    window.draw(160 * KIB, 0.2)
    assert window.size == AHEAD * 800 * KIB
    window.send(200 * KIB, 0.2)
    window.draw(101 * KIB, 1.2)
    assert window.size == LEAST


def test_history_comes_by_whole_windows() -> None:
    window = Window()
    window.starts(0, live=WINDOW)
    window.send(WINDOW - 1, 0.0)
    assert window.room
    window.send(WINDOW, 0.0)
    assert not window.room


def test_it_grows_for_a_viewer_that_answers_piece_by_piece() -> None:
    window = Window()
    now = 0.0
    for _ in range(200):
        while window.room:
            window.send(window.sent + window.limit // 2, now)
        now += 0.001
        window.draw(window.drawn + 16 * KIB, now)
    assert window.size == WINDOW


def test_it_begins_small_so_that_a_flood_does_not_begin_with_a_full_window() -> None:
    assert Window().size == LEAST


def test_it_grows_again_when_the_screen_keeps_up() -> None:
    window = Window()
    window.send(WINDOW + 1, 0.0)
    window.draw(10 * KIB, 1.0)
    assert window.size == LEAST
    now, sent = 1.0, WINDOW + 1
    while window.size < WINDOW:
        window.draw(sent, now)
        sent += window.size + 1
        window.send(sent, now)
        now += 0.01
        window.draw(sent, now)
        assert now < 2


def test_a_screen_that_claims_the_future_gets_no_more_for_it() -> None:
    window = Window()
    window.send(WINDOW + 1, 0.0)
    window.draw(1 << 62, 0.01)
    assert window.drawn == WINDOW + 1


async def test_a_viewer_that_draws_nothing_is_sent_no_more_than_a_window(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec, "watch")
    viewer.draws = False
    sent = numbered(100_000)
    await device.print(sent)
    await until(lambda: host.hub.report()["lines"][0]["end"] == len(sent))
    await viewer.reads_to(LEAST)
    viewer.send(Op.PING, b"full")
    await viewer.until(Op.PONG)
    assert viewer.at <= 2 * WINDOW
    viewer.draws = True
    viewer.send(Op.ACK, viewer.at.to_bytes(8, "big"))
    await viewer.reads_to(len(sent))
    assert viewer.text == sent


async def test_an_interrupt_brings_to_the_present_whoever_saw_it_pass(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    viewer.draws = False
    sent = numbered(60_000)
    await device.print(sent)
    await until(lambda: host.hub.report()["lines"][0]["end"] == len(sent))
    viewer.type(b"\x03")
    viewer.draws = True
    await viewer.reads_to(len(sent))
    skipped = viewer.told(Op.SKIP)[0]
    assert skipped[1] > len(sent) - 20 * KIB


async def test_other_keys_leave_a_little_backlog_to_be_read(host: Host) -> None:
    device, spec = await host.device()
    viewer = await host.viewer(spec)
    viewer.draws = False
    sent = numbered(60_000)
    await device.print(sent)
    await until(lambda: host.hub.report()["lines"][0]["end"] == len(sent))
    viewer.type(b"x")
    viewer.draws = True
    viewer.send(Op.ACK, bytes(8))
    await viewer.reads_to(len(sent))
    assert viewer.told(Op.SKIP) == []
