"""Rows of sessions as a web process leaves them, for tests of what is told about them."""

from typing import Any

from consoles.models import ConsoleSession
from portal.fleet.models import VirtualMachine
from tests.world import World


def session(world: World, person: str, vm: VirtualMachine | None = None, **fields: Any) -> ConsoleSession:
    at = vm or world.vm
    user = world.people[person]
    made = ConsoleSession.objects.create(
        tenant_id=at.tenant_id,
        subscription=at.subscription,
        vm=at,
        line_id=at.ports.get().line_id,
        scope=at.scope,
        vm_name=at.name,
        principal_kind="User",
        principal_id=user.id,
        principal_name=user.display_name,
        via="page",
        mode="write",
    )
    ConsoleSession.objects.filter(id=made.id).update(**fields)
    return made
