"""The staff's site: what staff can do there, that all of it is audited, and that nobody else finds it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions
from accounts.access import Verdict, decide
from accounts.models import AuditEntry, RoleAssignment, SignIn, Tenant, User
from accounts.roles import READER
from accounts.services.password_reset import person_of_reset
from accounts.services.tenants import grant_staff
from portal.fleet.services.resources import add_vm
from tests.world import SYSTEM, World, role

SignedIn = Callable[[str], Client]
PAGES = [
    "/admin/",
    "/admin/accounts/tenant/",
    "/admin/accounts/tenant/add/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/accounts/auditentry/",
    "/admin/accounts/staffgrant/",
    "/admin/accounts/staffgrant/add/",
    "/admin/accounts/roledefinition/",
    "/admin/fleet/subscription/",
    "/admin/fleet/virtualmachine/",
]


@pytest.fixture
def staff(client_of: SignedIn) -> Client:
    return client_of("staff")


def newest(action: str) -> AuditEntry:
    entry = AuditEntry.objects.filter(action=action).order_by("-id").first()
    assert entry is not None
    return entry


@pytest.mark.parametrize("page", PAGES)
def test_it_is_there_for_staff_only(client_of: SignedIn, page: str) -> None:
    assert client_of("staff").get(page).status_code == 200
    owner = client_of("owner")
    assert owner.get(page).status_code == 404
    assert owner.get(f"/admin/login/?next={page}").status_code == 404
    anonymous = Client().get(page, follow=True)
    assert anonymous.redirect_chain[-1][0].startswith("/sign-in/?next=%2Fadmin%2F")


def test_it_asks_for_the_second_factor_again_when_that_is_old(world: World, staff: Client) -> None:
    user = world.people["staff"]
    TOTPDevice.objects.create(user=user, confirmed=True, name="app")
    stale = staff.get("/admin/accounts/tenant/", follow=False)
    assert stale.status_code == 302
    assert (
        staff.get(stale["Location"])["Location"] == "/account/confirm/?next=%2Fadmin%2Faccounts%2Ftenant%2F"
    )
    SignIn.objects.filter(user=user).update(mfa_at=timezone.now() - timedelta(minutes=30))
    assert staff.get("/admin/accounts/tenant/").status_code == 200
    SignIn.objects.filter(user=user).update(mfa_at=timezone.now() - timedelta(minutes=61))
    assert staff.get("/admin/accounts/tenant/").status_code == 302


def test_libraries_pages_which_would_show_secrets_or_skip_the_audit_log_are_not_there() -> None:
    labels = {model._meta.label for model in admin.site._registry}
    assert labels == {
        "accounts.AuditEntry",
        "accounts.RoleDefinition",
        "accounts.StaffGrant",
        "accounts.Tenant",
        "accounts.User",
        "fleet.Subscription",
        "fleet.VirtualMachine",
    }


def test_nothing_can_be_deleted_and_no_role_be_given(world: World, staff: Client) -> None:
    for model, pk in (
        ("accounts/tenant", world.contoso.pk),
        ("accounts/user", world.people["reader"].pk),
        ("accounts/auditentry", AuditEntry.objects.first().pk),  # type: ignore[union-attr]
        ("fleet/virtualmachine", world.vm.pk),
    ):
        assert staff.get(f"/admin/{model}/{pk}/change/").status_code == 200
        assert staff.post(f"/admin/{model}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert not admin.site.is_registered(RoleAssignment)
    assert not any(
        model in admin.site._registry for model in apps.get_app_config("social_django").get_models()
    )


def test_a_tenant_is_created_renamed_and_deactivated_through_the_audit_log(
    world: World, staff: Client
) -> None:
    staff.post("/admin/accounts/tenant/add/", {"name": "Adventure Works", "slug": "adventure-works"})
    tenant = Tenant.objects.get(slug="adventure-works")
    created = newest(actions.TENANT_WRITE)
    assert (created.chain.tenant, created.principal_name, created.details) == (
        tenant,
        "staff",
        {"created": "Adventure Works"},
    )
    staff.post(f"/admin/accounts/tenant/{tenant.id}/change/", {"name": "Adventure Works Cycles"})
    assert newest(actions.TENANT_WRITE).details["after"] == {"name": "Adventure Works Cycles"}
    page = staff.get(f"/admin/accounts/tenant/{world.contoso.id}/deactivate/").content.decode()
    assert "6 people lose all access to Contoso at once." in page
    assert "1 service principal loses its access too." in page
    staff.post(f"/admin/accounts/tenant/{world.contoso.id}/deactivate/")
    assert decide(world.principal("owner"), actions.VM_READ, world.vm).verdict is Verdict.UNSEEN
    assert newest(actions.TENANT_WRITE).details["after"] == {"is_active": False}
    staff.post(f"/admin/accounts/tenant/{world.contoso.id}/activate/")
    assert decide(world.principal("owner"), actions.VM_READ, world.vm).allowed


def test_a_taken_short_name_is_told_at_its_field(world: World, staff: Client) -> None:
    answer = staff.post("/admin/accounts/tenant/add/", {"name": "Another", "slug": "contoso"})
    assert "slug" in answer.context["adminform"].form.errors
    assert answer.context["adminform"].form["name"].value() == "Another"


def test_the_grant_form_says_how_long_a_reason_is(staff: Client) -> None:
    assert "At least ten characters" in staff.get("/admin/accounts/staffgrant/add/").content.decode()


def test_a_user_is_created_without_a_password_and_gets_a_link(world: World, staff: Client) -> None:
    staff.post(
        "/admin/accounts/user/add/",
        {"username": "Second-Staff", "display_name": "Second", "email": "", "is_staff": "on"},
    )
    user = User.objects.get(username="second-staff")
    assert (user.is_staff, user.has_usable_password()) == (True, False)
    answer = staff.post(f"/admin/accounts/user/{user.id}/password-link/")
    link = answer.context["link"]
    assert person_of_reset(link.rstrip("/").rsplit("/", 1)[1]) == user
    new = "a new long password"
    assert Client().post(link, {"new_password1": new, "new_password2": new}).status_code == 302
    assert User.objects.get(id=user.id).check_password(new)
    assert person_of_reset(link.rstrip("/").rsplit("/", 1)[1]) is None


def test_passwords_of_a_tenants_people_are_their_tenants_business(world: World, staff: Client) -> None:
    reader = world.people["reader"]
    assert "New password link" not in staff.get(f"/admin/accounts/user/{reader.id}/change/").content.decode()
    answer = staff.post(f"/admin/accounts/user/{reader.id}/password-link/")
    assert "belongs to a tenant" in answer.content.decode()


def test_disabling_ends_sign_ins_and_enabling_lets_in_again(world: World, client_of: SignedIn) -> None:
    staff, reader = client_of("staff"), client_of("reader")
    user = world.people["reader"]
    assert reader.get("/account/").status_code == 200
    page = staff.get(f"/admin/accounts/user/{user.id}/disable/").content.decode()
    assert "Open sign-ins that end at once: 1." in page
    staff.post(f"/admin/accounts/user/{user.id}/disable/")
    assert reader.get("/account/").status_code == 302
    assert newest(actions.DIRECTORY_WRITE).details == {"user": "reader", "active": False}
    staff.post(f"/admin/accounts/user/{user.id}/enable/")
    assert client_of("reader").get("/account/").status_code == 200


def test_the_staff_flag_is_audited_and_its_end_ends_grants(world: World, staff: Client) -> None:
    user = world.people["auditor"]
    staff.post(f"/admin/accounts/user/{user.id}/make-staff/")
    user.refresh_from_db()
    assert user.is_staff
    grant = grant_staff(
        by=SYSTEM, staff=user, tenant=world.fabrikam, role=role(READER), reason="incident", hours=1
    )
    staff.post(f"/admin/accounts/user/{user.id}/end-staff/")
    user.refresh_from_db()
    grant.refresh_from_db()
    assert not user.is_staff
    assert grant.ended_at is not None
    told = [entry.details.get("staff") for entry in AuditEntry.objects.filter(scope=f"/users/{user.id}")]
    assert {True, False} <= set(told)


@pytest.mark.parametrize("act", ["disable", "end-staff"])
def test_nobody_locks_themselves_out(world: World, staff: Client, act: str) -> None:
    answer = staff.post(f"/admin/accounts/user/{world.people['staff'].id}/{act}/")
    assert "This is your own account" in answer.content.decode()
    world.people["staff"].refresh_from_db()
    assert world.people["staff"].is_staff
    assert world.people["staff"].is_active


def test_the_console_switch_says_its_effect_needs_a_reason_and_is_audited(
    world: World, staff: Client
) -> None:
    where = f"/admin/fleet/subscription/{world.subscription.id}/console-off/"
    page = staff.get(where).content.decode()
    assert "Nobody can open a console in production of Contoso: 3 virtual machines." in page
    assert "Nobody is attached there just now." in page
    assert staff.post(where, {"reason": ""}).context["form"].errors["reason"] == ["This field is required."]
    world.subscription.refresh_from_db()
    assert world.subscription.console_enabled
    staff.post(where, {"reason": "incident 4711"})
    world.subscription.refresh_from_db()
    assert (world.subscription.console_enabled, world.subscription.console_changed_by) == (False, "staff")
    entry = newest(actions.CONSOLE_DISABLE)
    assert (entry.chain.tenant, entry.details["reason"]) == (world.contoso, "incident 4711")
    staff.post(where.replace("console-off", "console-on"), {"reason": "over"})
    world.subscription.refresh_from_db()
    assert world.subscription.console_enabled


def test_the_machines_are_listed_without_a_way_into_their_consoles(world: World, staff: Client) -> None:
    add_vm(
        by=SYSTEM,
        group=world.group,
        name="edge-1",
        os="Linux",
        serial_url="unix:///run/edge-1.sock",
        host="rack-7",
    )
    page = staff.get("/admin/fleet/virtualmachine/").content.decode()
    assert "rack-7" in page
    assert "/console/" not in page
    assert "edge-1.sock" not in page


def test_the_password_is_changed_in_the_portal_where_other_sign_ins_end_with_it(staff: Client) -> None:
    assert staff.get("/admin/password_change/")["Location"] == "/account/security/"
