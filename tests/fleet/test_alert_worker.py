"""An alert on its whole way: seen by one process, delivered by the worker that the supervisor starts."""

import json
import time

from portal.run import plan
from portal.run.options import Options
from tests.consoles.hub_process.place import Place
from tests.fleet.listener import Listener
from tests.run.programs import running

PATIENCE = 30.0


def test_the_worker_of_alerts_delivers_what_was_seen(place: Place, listener: Listener) -> None:
    place.redis()
    place.do("add", name="web-1", url="loop://")
    place.do("aim", address=listener.url)
    spec = next(one for one in plan.processes(Options(var=place.var)) if one.name == "alerts")
    with running(*spec.command, **place.environment):
        place.do("see", name="web-1", kind="panic")
        ending = time.monotonic() + PATIENCE
        while not listener.got:
            assert time.monotonic() < ending
            time.sleep(0.05)
    said = json.loads(listener.got[0][1])
    assert (said["kind"], said["vm"]["name"]) == ("panic", "web-1")
