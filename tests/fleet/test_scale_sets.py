from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions
from portal.fleet.models import ScaleSet, VirtualMachine
from tests.accounts.test_people import refused
from tests.world import World

ClientOf = Callable[[str], Client]


@pytest.fixture
def pool(world: World) -> ScaleSet:
    base = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    made = ScaleSet.objects.create(name="pool", size="small", **base)
    for number, state in ((0, "running"), (1, "deallocated"), (10, "running")):
        VirtualMachine.objects.create(
            name=f"pool_{number}", os="Linux", scale_set=made, instance_id=number, power_state=state, **base
        )
    return made


def page_of(world: World) -> str:
    return f"/scale-sets/{world.subscription.id}/web/pool/"


def test_the_list_counts_instances_and_stays_within_the_tenant(
    world: World, client_of: ClientOf, pool: ScaleSet
) -> None:
    (row,) = client_of("owner").get("/scale-sets/").context["page"].rows
    assert (row.name, row.size_now) == ("pool", 3)
    assert client_of("owner").get("/scale-sets/?q=nothing").context["page"].rows == []
    assert client_of("stranger").get("/scale-sets/").context["page"].rows == []
    assert "vm_add" in client_of("bystander").get("/scale-sets/").content.decode()


def test_the_page_shows_instances_in_order_with_their_states(
    world: World, client_of: ClientOf, pool: ScaleSet
) -> None:
    answer = client_of("owner").get(page_of(world))
    assert [vm.instance_id for vm in answer.context["page"].rows] == [0, 1, 10]
    text = answer.content.decode()
    assert "Stopped (deallocated)" in text
    assert f"{page_of(world)}10/" in text


def test_who_sees_it(world: World, client_of: ClientOf, pool: ScaleSet) -> None:
    assert client_of("owner").get(page_of(world)).status_code == 200
    refused(client_of("bystander").get(page_of(world)), actions.SCALE_SET_READ, pool.scope)
    assert client_of("stranger").get(page_of(world)).status_code == 404
