from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions
from accounts.models import Group, GroupMember, RoleAssignment
from accounts.roles import OWNER, READER, USER_ACCESS_ADMINISTRATOR, BuiltIn
from accounts.services.people import add_to_group, save_group
from accounts.services.roles import assign_role
from tests.accounts.test_people import people_manager, refused
from tests.world import SYSTEM, World, give, role

ClientOf = Callable[[str], Client]


@pytest.fixture
def group(world: World) -> Group:
    return save_group(by=SYSTEM, tenant=world.contoso, group=Group(name="on call", description="nights"))


def with_role(world: World, group: Group, built_in: BuiltIn = READER) -> None:
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="Group", principal_id=group.id, role=role(built_in),
        scope=world.contoso.scope,
    )  # fmt: skip


def test_groups_are_listed_for_their_tenant_alone(world: World, client_of: ClientOf, group: Group) -> None:
    address = f"/groups/{group.id}/"
    assert "on call" in client_of("owner").get("/groups/").content.decode()
    assert client_of("owner").get(address).status_code == 200
    assert client_of("reader").get(address).status_code == 200
    assert "on call" not in client_of("stranger").get("/groups/").content.decode()
    assert client_of("stranger").get(address).status_code == 404
    refused(client_of("bystander").get("/groups/"), actions.DIRECTORY_READ, world.contoso.scope)


def test_a_group_is_created_renamed_and_a_taken_name_is_told_at_the_field(
    world: World, client_of: ClientOf, group: Group
) -> None:
    owner = client_of("owner")
    owner.post("/groups/new/", {"name": "builders"})
    made = Group.objects.get(tenant=world.contoso, name="builders")
    again = owner.post("/groups/new/", {"name": "builders", "description": "typed"})
    assert "a group of this name already" in again.content.decode()
    assert "typed" in again.content.decode()
    owner.post(f"/groups/{made.id}/edit/", {"name": "makers"})
    assert Group.objects.get(id=made.id).name == "makers"
    assert owner.post(f"/groups/{made.id}/edit/", {"name": "on call"}).status_code == 200
    assert client_of("stranger").post("/groups/new/", {"name": "on call"}).status_code == 302


@pytest.mark.parametrize("act", ["edit/", "add/", "take/", "delete/"])
def test_a_reader_changes_no_group(world: World, client_of: ClientOf, group: Group, act: str) -> None:
    address, data = f"/groups/{group.id}/{act}", {"name": "x", "person": str(world.people["watcher"].id)}
    refused(client_of("reader").post(address, data), actions.DIRECTORY_WRITE, world.contoso.scope)
    assert client_of("stranger").post(address, data).status_code == 404 or act == "edit/"
    assert client_of("owner").post(address, data).status_code == 302


def test_members_are_found_added_and_removed(world: World, client_of: ClientOf, group: Group) -> None:
    owner, watcher = client_of("owner"), world.people["watcher"]
    found = owner.get(f"/groups/{group.id}/?add=watch").context["candidates"]
    assert found == [watcher]
    owner.post(f"/groups/{group.id}/add/", {"person": str(watcher.id)})
    owner.post(f"/groups/{group.id}/add/", {"person": str(watcher.id)})
    assert GroupMember.objects.filter(group=group).count() == 1
    assert owner.get(f"/groups/{group.id}/?add=watch").context["candidates"] == []
    owner.post(f"/groups/{group.id}/take/", {"person": str(watcher.id)})
    assert not GroupMember.objects.filter(group=group).exists()


def test_nobody_of_another_tenant_gets_into_a_group(world: World, client_of: ClientOf, group: Group) -> None:
    owner = client_of("owner")
    assert owner.get(f"/groups/{group.id}/?add=stranger").context["candidates"] == []
    for who in (str(world.people["stranger"].id), "nonsense", ""):
        assert owner.post(f"/groups/{group.id}/add/", {"person": who}).status_code == 404
    assert not GroupMember.objects.exists()
    member = {"person": str(world.people["watcher"].id)}
    assert owner.post(f"/groups/{group.id}/add/", member).status_code == 302
    assert GroupMember.objects.count() == 1


def test_joining_a_group_that_has_roles_takes_the_right_to_give_roles(
    world: World, client_of: ClientOf, group: Group
) -> None:
    manager = people_manager(world)
    address, data = f"/groups/{group.id}/add/", {"person": str(manager.id)}
    assert client_of("manager").post(address, data).status_code == 302
    GroupMember.objects.all().delete()
    with_role(world, group, OWNER)
    refused(client_of("manager").post(address, data), actions.ASSIGNMENT_WRITE, world.contoso.scope)
    assert client_of("owner").post(address, data).status_code == 302


def test_deleting_takes_two_steps_and_its_roles_with_it(
    world: World, client_of: ClientOf, group: Group
) -> None:
    with_role(world, group)
    add_to_group(by=SYSTEM, group=group, user=world.people["bystander"])
    owner = client_of("owner")
    first = owner.get(f"/groups/{group.id}/delete/").content.decode()
    assert "1 person leaves it" in first
    assert "1 role assignment is deleted" in first
    assert Group.objects.filter(id=group.id).exists()
    owner.post(f"/groups/{group.id}/delete/")
    assert not Group.objects.filter(id=group.id).exists()
    assert not RoleAssignment.objects.filter(principal_id=group.id).exists()


def test_a_group_that_carries_the_last_owner_stays(world: World, client_of: ClientOf, group: Group) -> None:
    watcher = world.people["watcher"]
    add_to_group(by=SYSTEM, group=group, user=watcher)
    with_role(world, group, OWNER)
    owner = client_of("owner")
    RoleAssignment.objects.filter(principal_id=world.people["owner"].id).delete()
    give(world.people["owner"], world.contoso, USER_ACCESS_ADMINISTRATOR, world.contoso.scope)
    answer = owner.post(f"/groups/{group.id}/take/", {"person": str(watcher.id)}, follow=True)
    assert "no owner left" in answer.content.decode()
    assert "no owner left" in owner.post(f"/groups/{group.id}/delete/").content.decode()
    assert GroupMember.objects.filter(group=group, user=watcher).exists()
