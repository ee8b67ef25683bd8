"""A worker that the system kills in the middle of sealing: another one, begun afterwards, does what is left."""

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.consoles.hub_process.place import Place
from tests.run.programs import CHECKOUT

STEPS = 5


@pytest.mark.chaos
def test_sealing_that_is_killed_is_finished_by_the_next_worker(place: Place) -> None:
    environment = {**os.environ, **place.environment, "HOMEPORT_STORES": str(place.var / "stores")}
    command = [sys.executable, "-m", "tests.fleet.sealing.killing"]
    ran = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    *judged, last = map(json.loads, ran.stdout.splitlines())
    killed_and_judged = [-signal.SIGKILL, 0]
    assert last["ended"] == [0, *killed_and_judged * STEPS, 0, 0], ran.stderr
    assert [(one["after"], one["broken"]) for one in judged if one["broken"]] == []
    assert len(judged) == STEPS + 1
    done = judged[-1]
    assert done["sealed"] > 6
    assert (done["seals"], done["left"]) == (3, 3), "of the entries, only those that say so are left"
