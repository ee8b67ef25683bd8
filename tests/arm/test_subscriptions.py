from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import principals
from accounts.access import touched
from accounts.roles import VM_CONTRIBUTOR
from accounts.services.tenants import change_tenant, grant_staff, remove_member
from portal.fleet.models import Subscription
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription
from tests import world as worlds
from tests.arm.conftest import CallerOf


def test_a_subscription_has_the_published_shape(world: worlds.World, caller_of: CallerOf) -> None:
    one = {
        "id": f"/subscriptions/{world.subscription.id}",
        "subscriptionId": str(world.subscription.id),
        "tenantId": str(world.contoso.id),
        "displayName": "production",
        "state": "Enabled",
    }
    owner = caller_of("owner")
    assert owner.get("/subscriptions?api-version=2022-12-01").json() == {"value": [one]}
    assert owner.get(f"/subscriptions/{world.subscription.id}").json() == one


def test_who_holds_anything_in_a_subscription_finds_it(world: worlds.World, caller_of: CallerOf) -> None:
    """The contributor's roles are on one VM and one storage account; another subscription stays out of their list."""
    create_subscription(by=worlds.SYSTEM, tenant=world.contoso, name="elsewhere")
    names = {
        who: [one["displayName"] for one in caller_of(who).get("/subscriptions").json()["value"]]
        for who in ["owner", "deputy", "contributor", "bystander", "stranger"]
        if who in world.people
    }
    assert sorted(names["owner"]) == ["elsewhere", "production"]
    assert names["deputy"] == names["contributor"] == ["production"]
    assert names["bystander"] == []
    assert names["stranger"] == ["factory"]
    assert caller_of("contributor").get(world.subscription.scope).status_code == 200
    assert caller_of("bystander").get(world.subscription.scope).status_code == 403


def test_a_subscription_whose_id_begins_like_another_is_not_touched(world: worlds.World) -> None:
    other = create_subscription(by=worlds.SYSTEM, tenant=world.contoso, name="other")
    worlds.give(
        world.people["bystander"],
        world.contoso,
        VM_CONTRIBUTOR,
        f"{world.subscription.scope}/resourceGroups/web",
    )
    found = touched(world.principal("bystander"), Subscription.objects.all())
    assert list(found) == [world.subscription]
    assert other not in found


def test_staff_see_a_tenants_subscriptions_by_a_grant_only(world: worlds.World) -> None:
    staff = world.people["staff"]
    who = principals.Principal(principals.USER, staff.id, "staff", world.contoso.id)
    assert list(touched(who, Subscription.objects.all())) == []
    grant_staff(
        by=worlds.SYSTEM,
        staff=staff,
        tenant=world.contoso,
        role=worlds.role(VM_CONTRIBUTOR),
        reason="call",
        hours=1,
    )
    assert list(touched(who, Subscription.objects.all())) == [world.subscription]


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    world: worlds.World, caller_of: CallerOf
) -> None:
    contributor = caller_of("contributor")
    counts = []
    for more in (0, 50):
        for number in range(more):
            create_subscription(by=worlds.SYSTEM, tenant=world.contoso, name=f"more {number}")
        contributor.get("/subscriptions")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            contributor.get("/subscriptions")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


def test_resource_groups_are_those_the_caller_may_read(world: worlds.World, caller_of: CallerOf) -> None:
    path = f"/subscriptions/{world.subscription.id}/resourcegroups"
    found = caller_of("owner").get(path).json()["value"]
    assert [one["name"] for one in found] == ["web"]
    assert found[0]["id"] == world.group.scope
    assert caller_of("contributor").get(path).json() == {"value": []}
    assert caller_of("owner").get(f"{path}/WEB").json() == found[0]


def test_locations_are_the_places_in_which_something_is_seen(
    world: worlds.World, caller_of: CallerOf
) -> None:
    group = create_resource_group(
        by=worlds.SYSTEM, subscription=world.subscription, name="far", location="rack-7"
    )
    add_vm(by=worlds.SYSTEM, group=group, name="far-1", os="Linux", serial_url="loop://")
    path = f"/subscriptions/{world.subscription.id}/locations"
    assert [one["name"] for one in caller_of("owner").get(path).json()["value"]] == ["local", "rack-7"]
    assert [one["name"] for one in caller_of("contributor").get(path).json()["value"]] == ["local"]


def test_a_token_is_good_for_its_own_tenant(world: worlds.World, caller_of: CallerOf) -> None:
    tenants = caller_of("owner").get("/tenants").json()["value"]
    assert tenants == [
        {"id": f"/tenants/{world.contoso.id}", "tenantId": str(world.contoso.id), "displayName": "Contoso"}
    ]


def test_a_tenant_that_requires_multi_factor_says_the_way_out(
    world: worlds.World, caller_of: CallerOf
) -> None:
    owner = caller_of("owner")
    assert owner.get("/subscriptions").status_code == 200
    change_tenant(by=worlds.SYSTEM, tenant=world.contoso, require_mfa=True)
    for path in ["/subscriptions", world.vm.scope]:
        answer = owner.get(path)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "MultiFactorNeeded"
        assert "/account/security/" in answer.json()["error"]["message"]


def test_who_left_a_tenant_finds_nothing_of_it_with_an_old_token(
    world: worlds.World, caller_of: CallerOf
) -> None:
    reader = caller_of("reader")
    assert len(reader.get("/tenants").json()["value"]) == 1
    assert reader.get(world.subscription.scope).status_code == 200
    remove_member(by=worlds.SYSTEM, tenant=world.contoso, user=world.people["reader"])
    for path, nothing in [
        ("/tenants", {200, 401}),
        ("/subscriptions", {200, 401}),
        (world.subscription.scope, {404, 401}),
    ]:
        answer = reader.get(path)
        assert answer.status_code in nothing
        assert "Contoso" not in answer.content.decode()
        assert "production" not in answer.content.decode()
