"""A VM whose machine is followed within the test: what is written of it can be awaited."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from portal.fleet.following.database import once
from portal.fleet.following.host import Host
from portal.fleet.following.rows import followed
from portal.fleet.models import HealthEvent, Operation, OperationKind, VirtualMachine

PATIENCE = 20.0


class Stage:
    """One VM, the follower of its host, and what is written of it."""

    patience = PATIENCE

    def __init__(self, vm: VirtualMachine) -> None:
        self.vm, self.host = vm, Host()

    async def follow(self) -> None:
        await self.host.want(await once(followed, "local"))

    async def close(self) -> None:
        """Until what was being written is written: the next test has the same database."""
        await self.host.close()
        await once(int)

    async def until(self, known: Callable[[], Any], wanted: Any = True) -> None:
        ending = time.monotonic() + self.patience
        while (found := await once(known)) != wanted:
            assert time.monotonic() < ending, f"{found!r} and not {wanted!r}"
            await asyncio.sleep(0.01)

    def row(self) -> VirtualMachine:
        return VirtualMachine.objects.get(id=self.vm.id)

    def power(self) -> str:
        return self.row().power_state

    def trouble(self) -> str:
        return self.row().trouble

    def put(self, **fields: Any) -> None:
        VirtualMachine.objects.filter(id=self.vm.id).update(**fields)

    def health(self) -> list[str]:
        return list(HealthEvent.objects.filter(vm=self.vm).order_by("id").values_list("state", flat=True))

    def operation(self, **fields: Any) -> Operation:
        made = {"kind": OperationKind.RESTART, "asked_by_name": "owner", **fields}
        return Operation.objects.create(vm=self.vm, **made)
