"""The words of a machine's driver in the words of the portal. In: what a driver saw. Out: a power state, or how it failed to be seen."""

import asyncio

from portal.fleet.models.vms import PowerState
from portal.machines.base import Failed, Machine, State

POWER: dict[State, PowerState] = {
    State.RUNNING: PowerState.RUNNING,
    State.STOPPED: PowerState.STOPPED,
    State.DEALLOCATED: PowerState.DEALLOCATED,
    State.UNKNOWN: PowerState.UNKNOWN,
}
OFF = (State.STOPPED, State.DEALLOCATED)
WITHIN = 10.0  # seconds


async def look_at(machine: Machine) -> State:
    """A machine that nobody answers for is in no state that is known."""
    try:
        async with asyncio.timeout(WITHIN):
            return await machine.state()
    except (Failed, TimeoutError):
        return State.UNKNOWN
