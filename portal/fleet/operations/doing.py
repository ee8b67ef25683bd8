"""What an act has in its hands while it is performed: the machine, the time that is left, and the row that tells how far it is."""

import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, LOCK_NB, flock
from typing import Any, TypeVar

from django.conf import settings
from django.utils import timezone

from portal.fleet.following.states import POWER, look_at
from portal.fleet.models import Operation, VirtualMachine
from portal.fleet.models.vms import PowerState
from portal.fleet.operations import queue
from portal.fleet.operations.allowed import must_be_allowed
from portal.fleet.operations.apart import BEAT, Apart
from portal.fleet.operations.kinds import KINDS
from portal.fleet.services.operations import note_alive, note_progress
from portal.fleet.services.power import show_power
from portal.machines.base import BUSY, Failed, Machine, State

T = TypeVar("T")
TICK = 0.4  # seconds between looks, at the guest and at whether the act is still wanted
ASK = 1.0  # seconds between two questions to the gate
LOOK = 5.0  # seconds that a look may take
TURN = 5.0  # seconds that an act waits for a guest before it lets others go first


class NotWanted(Exception):
    """Somebody asked for something stronger."""


class Later(Exception):
    """Others wait for this worker, and this act only waits for a guest."""


class Doing:
    def __init__(self, operation: Operation, machine: Machine, apart: Apart) -> None:
        self.operation, self.machine, self._apart = operation, machine, apart
        self.vm: VirtualMachine = operation.vm
        self.result: dict[str, object] = {}
        begun = operation.started_at or timezone.now()
        spent = (timezone.now() - begun).total_seconds()
        self._ends = time.monotonic() + KINDS[operation.kind].seconds - spent
        self._turn_ends = time.monotonic() + TURN
        self._beat = self._asked = 0.0

    @property
    def left(self) -> float:
        return self._ends - time.monotonic()

    def do(self, act: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Not begun when it is no longer wanted; cut off when the time of its kind is over."""
        self.still_wanted()
        return self._apart.run(act(), self.left)

    def still_wanted(self) -> None:
        self.step(self.operation.progress)

    def step(self, percent: int) -> None:
        self.beat()
        self.operation.progress = percent
        if not note_progress(operation=self.operation, percent=percent):
            raise NotWanted

    def beat(self) -> None:
        if time.monotonic() - self._beat >= BEAT:
            self._beat = time.monotonic()
            note_alive(operation=self.operation)

    def still_allowed(self) -> None:
        """Asked before anything is done and while it waits; a step that has begun is not left half-way."""
        if time.monotonic() - self._asked >= ASK:
            self._asked = time.monotonic()
            must_be_allowed(self.operation)

    def show(self, power_state: PowerState) -> None:
        self.vm.power_state = power_state
        show_power(vm_id=self.vm.id, power_state=power_state)

    def wait_for(self, state: State, seconds: float) -> bool:
        """False when the machine is something else all the time."""
        until, whole = time.monotonic() + min(seconds, self.left), KINDS[self.operation.kind].seconds
        while time.monotonic() < until:
            if self.do(self.machine.state) is state:
                return True
            self._make_way()
            self.pause(TICK)
            self.step(min(90, 10 + int(80 * (1 - (until - time.monotonic()) / whole))))
        return False

    def _make_way(self) -> None:
        if time.monotonic() < self._turn_ends:
            return
        self._turn_ends = time.monotonic() + TURN
        if queue.others_wait(self.vm.host):
            raise Later

    def pause(self, seconds: float) -> None:
        self.still_allowed()
        until = time.monotonic() + min(seconds, max(0.0, self.left))
        while (rest := until - time.monotonic()) > 0:
            time.sleep(min(TICK, rest))
            if rest > TICK:
                self.still_wanted()

    def show_what_is(self) -> None:
        """After a failure: as the machine says, whatever was wanted of it."""
        seen = State.UNKNOWN
        with suppress(Failed):
            seen = self._apart.run(look_at(self.machine), LOOK)
        self.show(POWER[seen])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """What was called off may be in the middle of a step; the next act waits until it has let go, on this host and no other."""
        folder = settings.VAR_DIR / "run" / "acts"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (folder / f"{self.vm.id}.lock").open("w") as file:
            while True:
                try:
                    flock(file, LOCK_EX | LOCK_NB)
                    break
                except BlockingIOError:
                    if self.left <= 0:
                        raise Failed(BUSY) from None
                    self.still_wanted()
                    self.pause(TICK / 4)
            yield
