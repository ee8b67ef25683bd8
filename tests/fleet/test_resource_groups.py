from collections.abc import Callable

from django.test import Client

from accounts import actions
from accounts.roles import CONSOLE_WATCHER, READER
from portal.fleet.services.resources import create_resource_group
from tests.accounts.test_people import refused
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]


def page_of(world: World, group: str = "web") -> str:
    return f"/resource-groups/{world.subscription.id}/{group}/"


def test_it_shows_the_contents_by_type(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    answer = owner.get(page_of(world))
    assert [one.name for one in answer.context["page"].rows] == ["web-1", "web-2", "win-1"]
    assert [(kind, count) for kind, _title, count in answer.context["kinds"]] == [
        ("vms", 3), ("scale-sets", 0), ("storage", 1), ("networks", 0),
    ]  # fmt: skip
    assert "contosodiag" in owner.get(f"{page_of(world)}?type=storage").content.decode()
    assert owner.get(f"{page_of(world)}?type=nonsense").status_code == 200


def test_names_compare_without_case(world: World, client_of: ClientOf) -> None:
    assert client_of("owner").get(page_of(world, "WEB")).status_code == 200


def test_who_sees_it(world: World, client_of: ClientOf) -> None:
    assert client_of("owner").get(page_of(world)).status_code == 200
    refused(client_of("bystander").get(page_of(world)), actions.GROUP_READ, world.group.scope)
    assert client_of("stranger").get(page_of(world)).status_code == 404
    assert (
        client_of("stranger").get(f"/resource-groups/{world.foreign_subscription.id}/web/").status_code == 200
    )
    assert client_of("owner").get(page_of(world, "none")).status_code == 404


def test_what_the_person_may_not_see_is_not_counted(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, CONSOLE_WATCHER, world.group.scope)
    kinds = client_of("bystander").get(page_of(world)).context["kinds"]
    assert {kind: count for kind, _title, count in kinds} == {
        "vms": 3,
        "scale-sets": 0,
        "storage": 0,
        "networks": 0,
    }


def test_the_subscription_lists_the_groups_one_may_see(world: World, client_of: ClientOf) -> None:
    create_resource_group(by=SYSTEM, subscription=world.subscription, name="data")
    page = f"/subs/{world.subscription.id}/"
    assert [one.name for one in client_of("owner").get(page).context["page"].rows] == ["data", "web"]
    give(world.people["bystander"], world.contoso, READER, world.subscription.scope)
    assert len(client_of("bystander").get(page).context["page"].rows) == 2


def test_an_empty_group_says_how_the_first_machine_gets_there(world: World, client_of: ClientOf) -> None:
    create_resource_group(by=SYSTEM, subscription=world.subscription, name="data")
    text = client_of("owner").get(page_of(world, "data")).content.decode()
    assert f"manage.py vm_add --subscription {world.subscription.id} --resource-group data" in text
