"""Somebody lost phone, passkeys and codes: who can help them back in, and that nobody else can weaken an account that way."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions, mfa
from accounts.models import AuditEntry, RecoveryCode, User
from accounts.services.tenants import add_member
from tests.accounts.factors import codes_for, give_app, give_key, is_signed_in, type_password
from tests.accounts.test_commands import refused as command_refused
from tests.accounts.test_commands import run
from tests.accounts.test_people import page_of, people_manager, refused
from tests.world import SYSTEM, World, person

ClientOf = Callable[[str], Client]


def give_everything(user: User) -> User:
    give_app(user)
    give_key(user)
    codes_for(user)
    return user


def has_nothing(user: User) -> bool:
    return not mfa.has_factor(user) and not RecoveryCode.objects.filter(user=user).exists()


def removals(user: User, **chain: object) -> int:
    told = {"removed": "all", "of": user.username}
    return AuditEntry.objects.filter(scope=f"/users/{user.id}", details__second_factor=told, **chain).count()


def admin_page(user: User, act: str) -> str:
    return f"/admin/accounts/user/{user.id}/{act}/"


def test_the_tenants_administrator_removes_them_in_two_steps(world: World, client_of: ClientOf) -> None:
    owner, lost = client_of("owner"), client_of("watcher")
    watcher = world.people["watcher"]
    assert "/factors/" not in owner.get(page_of(watcher)).content.decode()
    give_everything(watcher)
    assert page_of(watcher, "factors/") in owner.get(page_of(watcher)).content.decode()
    assert "really them who ask" in owner.get(page_of(watcher, "factors/")).content.decode()
    assert mfa.has_factor(watcher)
    assert owner.post(page_of(watcher, "factors/"))["Location"] == page_of(watcher)
    assert has_nothing(watcher)
    assert not is_signed_in(lost)
    assert removals(watcher, chain__tenant=world.contoso) == 1
    again = Client()
    type_password(again, "watcher")
    assert is_signed_in(again)


def test_an_account_that_reaches_beyond_the_tenant_is_not_weakened(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    add_member(by=SYSTEM, tenant=world.fabrikam, user=world.people["watcher"])
    add_member(by=SYSTEM, tenant=world.contoso, user=world.people["staff"])
    for name, sentence in (
        ("watcher", "belongs to another tenant too"),
        ("staff", "Nobody of a tenant may remove"),
        ("owner", "your own account"),
    ):
        user = give_everything(world.people[name])
        assert sentence in owner.post(page_of(user, "factors/")).content.decode()
        assert mfa.has_factor(user)


def test_who_may_only_manage_people_cannot_weaken_somebody_with_roles(
    world: World, client_of: ClientOf
) -> None:
    people_manager(world)
    owner, bystander = world.people["owner"], give_everything(world.people["bystander"])
    give_everything(owner)
    manager = client_of("manager")
    refused(manager.post(page_of(owner, "factors/")), actions.ASSIGNMENT_WRITE, world.contoso.scope)
    assert mfa.has_factor(owner)
    assert manager.post(page_of(bystander, "factors/")).status_code == 302
    assert has_nothing(bystander)


@pytest.mark.parametrize("is_staff", [True, False])
def test_the_platforms_staff_remove_them_for_staff_and_for_people_of_no_tenant(
    world: World, client_of: ClientOf, is_staff: bool
) -> None:
    staff, user = client_of("staff"), person("lonely", None)
    User.objects.filter(id=user.id).update(is_staff=is_staff)
    give_everything(user)
    assert admin_page(user, "remove-factors") in staff.get(admin_page(user, "change")).content.decode()
    assert "really them who ask" in staff.get(admin_page(user, "remove-factors")).content.decode()
    assert staff.post(admin_page(user, "remove-factors")).status_code == 302
    assert has_nothing(user)
    assert removals(user, chain__tenant=None, principal_name="staff") == 1


def test_staff_leave_a_tenants_people_to_the_tenant(world: World, client_of: ClientOf) -> None:
    staff, reader = client_of("staff"), give_everything(world.people["reader"])
    assert "remove-factors" not in staff.get(admin_page(reader, "change")).content.decode()
    answer = staff.post(admin_page(reader, "remove-factors"))
    assert "on the person&#x27;s page" in answer.content.decode()
    assert mfa.has_factor(reader)


def test_staff_do_not_remove_their_own_that_way(world: World, client_of: ClientOf) -> None:
    staff = client_of("staff")
    answer = staff.post(admin_page(world.people["staff"], "remove-factors"))
    assert "This is your own account" in answer.content.decode()


def test_whoever_has_the_machine_removes_anybodys_when_told_twice(world: World, client_of: ClientOf) -> None:
    lost, watcher = client_of("watcher"), give_everything(world.people["watcher"])
    assert "Add --yes" in command_refused("factors_remove", username="watcher")
    assert mfa.has_factor(watcher)
    assert run("factors_remove", username="watcher", yes=True)["second_factor"] is False
    assert has_nothing(watcher)
    assert not is_signed_in(lost)
    assert removals(watcher, principal_kind="System") == 1
    assert "There is no user nobody" in command_refused("factors_remove", username="nobody", yes=True)
