from portal.run.child import BackOff, describe
from portal.run.plan import escape


def test_it_doubles_the_pause_up_to_half_a_minute() -> None:
    back_off = BackOff()
    assert [back_off.after(lived=0.1) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_minute_of_health_forgets_earlier_deaths() -> None:
    back_off = BackOff()
    assert [back_off.after(lived) for lived in (1, 1, 1, 61, 1)] == [1, 2, 4, 1, 2]


def test_it_says_how_a_process_ended() -> None:
    assert describe(3) == "ended with code 3"
    assert describe(-9) == "was ended by SIGKILL"


def test_addresses_and_paths_keep_their_colons_in_an_endpoint_description() -> None:
    assert escape("::1") == r"\:\:1"
    assert escape("/srv/a=b:c") == r"/srv/a\=b\:c"
