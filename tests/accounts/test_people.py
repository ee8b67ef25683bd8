from collections.abc import Callable

import pytest
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions
from accounts.models import (
    ApiToken,
    AuditEntry,
    Group,
    Membership,
    RoleAssignment,
    RoleDefinition,
    User,
)
from accounts.roles import OWNER, READER, USER_ACCESS_ADMINISTRATOR
from accounts.services.credentials import create_token
from accounts.services.people import add_to_group, save_group
from accounts.services.roles import assign_role, save_custom_role
from tests.world import SYSTEM, World, give, person, role

ClientOf = Callable[[str], Client]


def page_of(user: User, act: str = "") -> str:
    return f"/people/{user.id}/{act}"


def refused(answer: object, action: str, scope: str) -> None:
    text = answer.content.decode()  # type: ignore[attr-defined]
    assert (answer.status_code, action in text, scope in text) == (403, True, True)  # type: ignore[attr-defined]


def audited(world: World) -> str:
    return str(list(AuditEntry.objects.filter(chain__tenant=world.contoso).values_list("details", flat=True)))


def people_manager(world: World) -> User:
    """Somebody who may manage people and nothing else: no right to give roles."""
    made = save_custom_role(
        by=SYSTEM,
        tenant=world.contoso,
        role=RoleDefinition(name="People manager", actions=[actions.DIRECTORY_READ, actions.DIRECTORY_WRITE]),
    )
    world.people["manager"] = person("manager", world.contoso)
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["manager"].id, role=made,
        scope=world.contoso.scope,
    )  # fmt: skip
    return world.people["manager"]


def test_the_list_shows_a_tenants_people_to_who_may_read_and_refuses_others(
    world: World, client_of: ClientOf
) -> None:
    answer = client_of("owner").get("/people/")
    assert "contributor" in answer.content.decode()
    assert "stranger" not in answer.content.decode()
    assert client_of("reader").get("/people/").status_code == 200
    refused(client_of("bystander").get("/people/"), actions.DIRECTORY_READ, world.contoso.scope)
    assert "contributor" not in client_of("stranger").get("/people/").content.decode()


def test_it_searches_filters_and_sorts(world: World, client_of: ClientOf) -> None:
    Membership.objects.filter(user=world.people["watcher"]).update(is_active=False)
    owner = client_of("owner")

    def names(query: str) -> list[str]:
        return [one.username for one in owner.get(f"/people/?{query}").context["page"].rows]

    assert names("q=AUDIT") == ["auditor"]
    assert names("show=disabled") == ["watcher"]
    assert "watcher" not in names("show=active")
    assert names("sort=-user") == sorted(names("sort=user"), reverse=True)


def test_who_lacks_a_second_factor_is_told_only_to_those_who_manage_people(
    world: World, client_of: ClientOf
) -> None:
    TOTPDevice.objects.create(user=world.people["auditor"], name="app", confirmed=True)
    shown = client_of("owner").get("/people/?show=unprotected").context["page"].rows
    assert "auditor" not in [one.username for one in shown]
    assert "watcher" in [one.username for one in shown]
    seen_by_reader = client_of("reader").get("/people/?show=unprotected")
    assert "auditor" in [one.username for one in seen_by_reader.context["page"].rows]
    assert "Second factor" not in seen_by_reader.content.decode()


def test_the_list_takes_no_more_queries_for_more_people(
    world: World, client_of: ClientOf, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(60):
        person(f"crowd-{number:02}", world.contoso)
    owner = client_of("owner")
    owner.get("/people/")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        first = owner.get("/people/")
    assert (len(first.context["page"].rows), first.context["page"].count) == (50, "66")
    rest = owner.get(f"/people/?{first.context['page'].next}")
    assert len(rest.context["page"].rows) == 16


def test_a_persons_page_shows_groups_and_roles_with_where_they_come_from(
    world: World, client_of: ClientOf
) -> None:
    group = save_group(by=SYSTEM, tenant=world.contoso, group=Group(name="night shift"))
    add_to_group(by=SYSTEM, group=group, user=world.people["contributor"])
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="Group", principal_id=group.id, role=role(READER),
        scope=world.subscription.scope,
    )  # fmt: skip
    text = client_of("owner").get(page_of(world.people["contributor"])).content.decode()
    assert "night shift" in text
    assert world.vm.scope in text
    assert world.subscription.scope in text


def test_a_person_of_another_tenant_does_not_exist_here(world: World, client_of: ClientOf) -> None:
    watcher = world.people["watcher"]
    owner, stranger = client_of("owner"), client_of("stranger")
    for act in ("", "disable/", "remove/"):
        assert owner.get(page_of(watcher, act)).status_code == 200
        assert stranger.get(page_of(watcher, act)).status_code == 404
    for act in ("enable/", "reset/"):
        assert stranger.post(page_of(watcher, act)).status_code == 404


@pytest.mark.parametrize("act", ["disable/", "enable/", "remove/", "reset/"])
def test_a_reader_may_look_but_not_act(world: World, client_of: ClientOf, act: str) -> None:
    target = page_of(world.people["bystander"], act)
    refused(client_of("reader").post(target), actions.DIRECTORY_WRITE, world.contoso.scope)
    assert client_of("owner").post(target).status_code in (200, 302)


def test_disabling_ends_the_membership_and_its_tokens_and_enabling_brings_the_membership_back(
    world: World, client_of: ClientOf
) -> None:
    watcher, owner = world.people["watcher"], client_of("owner")
    create_token(by=SYSTEM, user=watcher, tenant=world.contoso, name="cli", days=7)
    assert "ends within seconds" in owner.get(page_of(watcher, "disable/")).content.decode()
    assert Membership.objects.get(user=watcher).is_active
    owner.post(page_of(watcher, "disable/"))
    assert not Membership.objects.get(user=watcher).is_active
    assert not ApiToken.objects.live().filter(user=watcher).exists()
    assert User.objects.get(id=watcher.id).is_active
    owner.post(page_of(watcher, "enable/"))
    assert Membership.objects.get(user=watcher).is_active
    assert "'active': False" in audited(world)


def test_removing_takes_two_steps_and_ends_roles_and_groups(world: World, client_of: ClientOf) -> None:
    contributor, owner = world.people["contributor"], client_of("owner")
    first = owner.get(page_of(contributor, "remove/")).content.decode()
    assert "2 role assignments are deleted" in first
    assert Membership.objects.filter(user=contributor).exists()
    owner.post(page_of(contributor, "remove/"))
    assert not Membership.objects.filter(user=contributor).exists()
    assert not RoleAssignment.objects.filter(principal_id=contributor.id).exists()
    assert owner.get(page_of(contributor)).status_code == 404


@pytest.mark.parametrize("act", ["disable/", "remove/"])
def test_the_last_owner_who_can_sign_in_stays(world: World, client_of: ClientOf, act: str) -> None:
    give(world.people["auditor"], world.contoso, USER_ACCESS_ADMINISTRATOR, world.contoso.scope)
    give(world.people["watcher"], world.contoso, OWNER, world.contoso.scope)
    Membership.objects.filter(user=world.people["watcher"]).update(is_active=False)
    administrator = client_of("auditor")
    answer = administrator.post(page_of(world.people["owner"], act))
    assert "no owner left" in answer.content.decode()
    assert Membership.objects.get(user=world.people["owner"]).is_active
    assert RoleAssignment.objects.filter(principal_id=world.people["owner"].id).exists()
    Membership.objects.filter(user=world.people["watcher"]).update(is_active=True)
    assert administrator.post(page_of(world.people["owner"], act)).status_code == 302


@pytest.mark.parametrize("act", ["disable/", "remove/"])
def test_nobody_ends_their_own_membership(world: World, client_of: ClientOf, act: str) -> None:
    answer = client_of("owner").post(page_of(world.people["owner"], act))
    assert "your own account" in answer.content.decode()
    assert Membership.objects.get(user=world.people["owner"]).is_active
