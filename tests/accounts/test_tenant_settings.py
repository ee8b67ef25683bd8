from collections.abc import Callable

from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions
from accounts.models import AuditEntry, StaffGrant, Tenant
from accounts.roles import READER
from accounts.services.tenants import grant_staff
from tests.accounts.test_people import refused
from tests.world import SYSTEM, World, role

ClientOf = Callable[[str], Client]
AS_IS = {"name": "Contoso", "mfa_max_age_minutes": "720"}


def grant(world: World) -> StaffGrant:
    return grant_staff(
        by=SYSTEM,
        staff=world.people["staff"],
        tenant=world.contoso,
        role=role(READER),
        reason="ticket 7",
        hours=2,
    )


def test_an_owner_renames_the_tenant_and_a_reader_only_looks(world: World, client_of: ClientOf) -> None:
    reader = client_of("reader")
    assert "Contoso" in reader.get("/tenant/").content.decode()
    assert '<form method="post" class="hp-form"' not in reader.get("/tenant/").content.decode()
    refused(reader.post("/tenant/", AS_IS), actions.TENANT_WRITE, world.contoso.scope)
    refused(client_of("bystander").get("/tenant/"), actions.TENANT_READ, world.contoso.scope)
    assert client_of("owner").post("/tenant/", {**AS_IS, "name": "Contoso Ltd"}).status_code == 302
    assert Tenant.objects.get(id=world.contoso.id).name == "Contoso Ltd"
    entry = AuditEntry.objects.filter(action=actions.TENANT_WRITE, outcome="succeeded").latest("id")
    assert entry.details == {"before": {"name": "Contoso"}, "after": {"name": "Contoso Ltd"}}
    assert Tenant.objects.get(id=world.fabrikam.id).name == "Fabrikam"


def test_what_did_not_change_is_not_recorded(world: World, client_of: ClientOf) -> None:
    before = AuditEntry.objects.filter(chain__tenant=world.contoso).count()
    client_of("owner").post("/tenant/", AS_IS)
    assert AuditEntry.objects.filter(chain__tenant=world.contoso).count() == before


def test_requiring_multi_factor_warns_how_many_have_none(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    assert "6 people of this tenant have no second factor" in owner.get("/tenant/").content.decode()
    TOTPDevice.objects.create(user=world.people["watcher"], name="app", confirmed=True)
    assert "5 people of this tenant have no second factor" in owner.get("/tenant/").content.decode()


def test_nobody_locks_themselves_out_by_requiring_a_factor_they_lack(
    world: World, client_of: ClientOf
) -> None:
    owner = client_of("owner")
    wanted = {**AS_IS, "name": "typed", "require_mfa": "on"}
    answer = owner.post("/tenant/", wanted)
    assert "lock yourself out" in answer.content.decode()
    assert 'value="typed"' in answer.content.decode()
    assert not Tenant.objects.get(id=world.contoso.id).require_mfa
    TOTPDevice.objects.create(user=world.people["owner"], name="app", confirmed=True)
    assert owner.post("/tenant/", wanted).status_code == 302
    assert Tenant.objects.get(id=world.contoso.id).require_mfa


def test_an_age_out_of_bounds_is_told_at_the_field(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").post("/tenant/", {**AS_IS, "mfa_max_age_minutes": "1"})
    assert "greater than or equal to 5" in answer.content.decode()


def test_the_tenant_sees_every_staff_grant_with_its_reason(world: World, client_of: ClientOf) -> None:
    grant(world)
    for person in ("owner", "reader"):
        text = client_of(person).get("/tenant/").content.decode()
        assert "ticket 7" in text
        assert "has access now" in text
    assert "ticket 7" not in client_of("stranger").get("/tenant/").content.decode()


def test_an_owner_ends_a_grant_in_two_steps_and_a_reader_cannot(world: World, client_of: ClientOf) -> None:
    made = grant(world)
    end = f"/tenant/staff-access/{made.id}/end/"
    staff, owner = client_of("staff"), client_of("owner")
    assert staff.get("/people/").status_code == 200
    refused(staff.post(end), actions.TENANT_WRITE, world.contoso.scope)
    refused(client_of("reader").post(end), actions.TENANT_WRITE, world.contoso.scope)
    assert client_of("stranger").post(end).status_code == 404
    assert "ends within seconds" in owner.get(end).content.decode()
    assert StaffGrant.objects.get().is_live
    assert owner.post(end).status_code == 302
    assert not StaffGrant.objects.get().is_live
    assert staff.get("/people/").status_code in (403, 404)
    assert "ended" in owner.get("/tenant/").content.decode()
    assert owner.post(end).status_code == 404
