"""A driver that a test cannot trust: it blocks its thread, or breaks."""

import time

from portal.machines.base import Machine, State


class Blocking(Machine):
    def __init__(self, url: str) -> None:
        self.url = url

    async def state(self) -> State:
        return State.RUNNING

    async def reset(self) -> None:
        time.sleep(4)

    async def interrupt(self) -> None:
        raise OSError("a driver should have said Failed")
