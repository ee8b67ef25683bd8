"""Ways by which somebody could rise above what they were given, or halt the portal for everybody, each tried."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import access, actions, scopes, sign_ins
from accounts.models import IdentityProvider, Membership, RoleDefinition, SignIn, User
from accounts.roles import OWNER, VM_CONTRIBUTOR
from accounts.services.members import suspend_member
from accounts.services.roles import assign_role, save_custom_role
from accounts.services.tenants import invite
from portal.config.commands import as_lines
from portal.fleet.services.resources import add_vm, create_resource_group
from tests.world import SYSTEM, World, give, person

ClientOf = Callable[[str], Client]


def only(world: World, user: User, *granted: str) -> RoleDefinition:
    role = RoleDefinition(name="Narrow", actions=list(granted))
    save_custom_role(by=SYSTEM, tenant=world.contoso, role=role)
    assign_role(
        by=SYSTEM,
        tenant=world.contoso,
        principal_kind="User",
        principal_id=user.id,
        role=role,
        scope=world.contoso.scope,
    )
    return role


def test_a_pattern_of_many_stars_is_answered_at_once() -> None:
    assert not actions.matches("*" * 190 + "/zz", actions.LOG_READ)
    assert not actions.matches("*a" * 90 + "b", "a" * 200)
    assert actions.matches("Microsoft.*/*/READ", actions.VM_READ)
    assert not actions.matches("ab*ba", "aba")


def test_who_may_write_roles_adds_nothing_to_a_role_in_use(world: World, client_of: ClientOf) -> None:
    role = only(world, world.people["bystander"], actions.ROLE_READ, actions.ROLE_WRITE)
    page, wider = reverse("role_edit", args=[role.id]), {"name": role.name, "actions": "*"}
    assert client_of("bystander").post(page, wider).status_code == 403
    role.refresh_from_db()
    assert role.actions == [actions.ROLE_READ, actions.ROLE_WRITE]
    assert client_of("owner").post(page, wider).status_code == 302


def test_who_may_write_settings_points_no_provider_elsewhere(world: World, client_of: ClientOf) -> None:
    only(world, world.people["bystander"], actions.TENANT_READ, actions.TENANT_WRITE)
    kept = IdentityProvider.objects.create(
        tenant=world.contoso, slug="sso", name="SSO", issuer="https://id.example.com", client_id="homeport"
    )
    page = reverse("provider", args=[kept.id])
    other = {"name": "SSO", "slug": "sso", "issuer": "https://other.example.com", "client_id": "homeport"}
    assert client_of("bystander").get(page).status_code == 200
    assert client_of("bystander").post(page, other).status_code == 403
    kept.refresh_from_db()
    assert kept.issuer == "https://id.example.com"
    assert client_of("owner").post(page, other).status_code == 302


@pytest.mark.parametrize("suspended", [True, False])
def test_an_invitation_does_not_bring_back_somebody_suspended(
    world: World, client_of: ClientOf, suspended: bool
) -> None:
    second = person("second", world.contoso, OWNER)
    if suspended:
        suspend_member(by=SYSTEM, tenant=world.contoso, user=second)
    _invitation, token = invite(by=SYSTEM, tenant=world.contoso, email="second@example.com")
    browser = client_of("second")
    browser.get(f"/invitations/{token}/")
    assert browser.post("/invitations/accept/").status_code == (410 if suspended else 302)
    assert Membership.objects.get(tenant=world.contoso, user=second).is_active is not suspended


def test_a_tenants_provider_opens_no_admin_page_to_staff(world: World, client_of: ClientOf) -> None:
    browser = client_of("staff")
    assert browser.get("/admin/").status_code == 200
    SignIn.objects.filter(id=browser.session[sign_ins.SESSION_KEY]).update(only_tenant=world.fabrikam)
    assert browser.get("/admin/").status_code == 404


def test_no_admin_page_answers_about_a_column_it_does_not_offer(world: World, client_of: ClientOf) -> None:
    browser, kept = client_of("staff"), world.people["stranger"].password
    for asked in (kept[:20], "nothing"):
        answer = browser.get("/admin/accounts/user/", {"password__startswith": asked})
        assert answer.status_code == 400
    assert browser.get("/admin/accounts/user/", {"is_staff__exact": "1"}).status_code == 200
    assert (
        browser.get("/admin/fleet/virtualmachine/", {"tenant__id__exact": str(world.contoso.id)}).status_code
        == 200
    )


def test_a_resource_group_may_be_named_like_a_word_of_the_path(world: World) -> None:
    group = create_resource_group(by=SYSTEM, subscription=world.subscription, name="providers")
    vm = add_vm(by=SYSTEM, group=group, name="db-1", os="Linux", serial_url="loop://")
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, vm.scope)
    assert vm.scope.lower() in scopes.ancestors(vm.scope, world.contoso.id)
    assert access.decide(world.principal("bystander"), actions.CONNECT, vm).allowed
    assert access.decide(world.principal("owner"), actions.CONNECT, vm).allowed


def test_a_name_forges_no_line_of_a_command() -> None:
    shown = as_lines([{"who": "x\n2026-11-21  platform  1  owner\x1b[2J"}])
    assert len(shown.splitlines()) == 2
    assert "\x1b" not in shown
