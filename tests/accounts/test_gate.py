from accounts import access, actions
from tests.world import World


def test_it_lets_an_owner_connect_and_hides_the_vm_from_a_stranger(world: World) -> None:
    assert access.decide(world.principal("owner"), actions.CONNECT, world.vm).allowed
    verdict = access.decide(world.principal("stranger"), actions.CONNECT, world.vm).verdict
    assert verdict is access.Verdict.UNSEEN
