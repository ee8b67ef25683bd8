from django.utils import timezone

from consoles.models import ConsoleSession
from tests.arm.conftest import CallerOf
from tests.consoles.live.sessions import session
from tests.world import World

PORTS = "/providers/Microsoft.SerialConsole/serialPorts"


def test_rest_tells_which_ports_are_in_use(world: World, caller_of: CallerOf) -> None:
    owner = caller_of("owner")

    def states(path: str) -> list[str]:
        found = owner.get(f"{path}?api-version=2018-05-01").json()
        return [one["properties"]["connectionState"] for one in found.get("value", [found])]

    one, machine = f"{world.vm.scope}{PORTS}/0", f"{world.vm.scope}{PORTS}"
    everything = f"/subscriptions/{world.subscription.id}{PORTS}"
    assert [states(path) for path in (one, machine)] == [["inactive"]] * 2
    made = session(world, "watcher")
    assert [states(path) for path in (one, machine)] == [["active"]] * 2
    assert sorted(states(everything)) == ["active", "inactive", "inactive"]
    ConsoleSession.objects.filter(id=made.id).update(ended_at=timezone.now())
    assert states(one) == ["inactive"]
