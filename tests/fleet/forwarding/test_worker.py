"""Forwarding on its whole way: entries of one process, sent by the worker that the supervisor starts, also when that is killed in the middle."""

from pathlib import Path

from portal.run import plan
from portal.run.options import Options
from tests.consoles.hub_process.place import wait
from tests.fleet.forwarding.conftest import Forwarding
from tests.fleet.forwarding.receiver import receiving
from tests.run.programs import running


def command(place: Forwarding) -> tuple[str, ...]:
    return next(one for one in plan.processes(Options(var=place.var)) if one.name == "alerts").command


def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_out_and_nobody_else_sends_meanwhile(
    place: Forwarding, tmp_path: Path
) -> None:
    place.redis()
    with receiving(tmp_path, "stuck", most=700) as receiver:
        begun = place.do("aim", address=receiver.address, authority=receiver.authority)
        place.do("happen", times=1199)
        with running(*command(place), **place.environment):
            place.do("tick")
            assert receiver.reached.wait(30)
            assert place.do("meddle") == ""
            assert place.do("send") == place.do("tick") == 0, "it is claimed, whatever people do"
        assert place.do("done") == begun + 500, "the second batch was under way"
        receiver.go_on.set()
        receiver.manners = "polite"
        assert place.do("send") == 0, "nobody knows yet that it is dead"
        place.do("forget_claim")
        with running(*command(place), **place.environment):
            place.do("tick")
            wait(lambda: place.do("done") == begun + 1203)
    before, after = range(begun + 1, begun + 701), range(begun + 501, begun + 1204)
    assert receiver.numbers == [*before, *after], "what had been read of the second batch came twice"
