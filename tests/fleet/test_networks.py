from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions
from accounts.models import RoleDefinition
from accounts.services.roles import assign_role, save_custom_role
from portal.fleet.models import NetworkInterface, Route, SecurityGroup, SecurityRule, Subnet, VirtualNetwork
from tests.accounts.test_people import refused
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]


@pytest.fixture
def network(world: World) -> VirtualNetwork:
    base = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    made = VirtualNetwork.objects.create(name="office", address_space=["10.1.0.0/16"], **base)
    rules = SecurityGroup.objects.create(name="guard", **base)
    for priority, name, access in ((300, "ssh", "Allow"), (100, "block", "Deny")):
        SecurityRule.objects.create(
            group=rules, name=name, priority=priority, direction="Inbound", access=access
        )
    subnet = Subnet.objects.create(network=made, name="front", prefix="10.1.1.0/24", security_group=rules)
    Route.objects.create(subnet=subnet, name="out", prefix="0.0.0.0/0", next_hop_type="Internet")
    NetworkInterface.objects.create(
        name="web-1-nic",
        vm=world.vm,
        subnet=subnet,
        private_address="10.1.1.4",
        public_address="203.0.113.9",
        **base,
    )
    return made


def page_of(world: World) -> str:
    return f"/networks/{world.subscription.id}/web/office/"


def test_the_list_stays_within_the_tenant(world: World, client_of: ClientOf, network: VirtualNetwork) -> None:
    (row,) = client_of("owner").get("/networks/").context["page"].rows
    assert (row.name, row.subnet_count) == ("office", 1)
    assert client_of("stranger").get("/networks/").context["page"].rows == []
    assert "No virtual network to see" in client_of("bystander").get("/networks/").content.decode()


def test_the_page_shows_subnets_interfaces_routes_and_rules_in_priority_order(
    world: World, client_of: ClientOf, network: VirtualNetwork
) -> None:
    answer = client_of("owner").get(page_of(world))
    assert [rule.name for rule in answer.context["rules"]] == ["block", "ssh"]
    text = answer.content.decode()
    for shown in (
        "10.1.1.0/24",
        "web-1-nic",
        "203.0.113.9",
        "0.0.0.0/0",
        "Internet",
        f"/vms/{world.subscription.id}/web/web-1/",
    ):
        assert shown in text


def test_who_sees_it(world: World, client_of: ClientOf, network: VirtualNetwork) -> None:
    assert client_of("owner").get(page_of(world)).status_code == 200
    refused(client_of("bystander").get(page_of(world)), actions.NETWORK_READ, network.scope)
    assert client_of("stranger").get(page_of(world)).status_code == 404


def test_a_machine_one_may_not_see_is_not_named(
    world: World, client_of: ClientOf, network: VirtualNetwork
) -> None:
    made = save_custom_role(
        by=SYSTEM, tenant=world.contoso, role=RoleDefinition(name="Cabling", actions=[actions.NETWORK_READ])
    )
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["bystander"].id, role=made,
        scope=world.contoso.scope,
    )  # fmt: skip
    answer = client_of("bystander").get(page_of(world))
    assert [vm for _one, vm in answer.context["interfaces"]] == [None]
    assert [vm for _one, vm in client_of("owner").get(page_of(world)).context["interfaces"]] == [world.vm]
