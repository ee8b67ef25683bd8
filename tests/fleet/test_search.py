"""The search box: by parts of names and beginnings of addresses, and only what the person may see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal.config.prefixes import begins
from portal.fleet.models import NetworkInterface, Subnet, VirtualMachine, VirtualNetwork
from tests.consoles.live.sessions import session
from tests.world import World

ClientOf = Callable[[str], Client]


def found(client: Client, text: str) -> list[str]:
    answer = client.get("/search/", {"q": text})
    assert answer.status_code == 200
    return [hit.name for hit in answer.context["hits"]]


def test_it_finds_machines_people_subscriptions_and_groups(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    assert found(owner, "WE") == ["web-1", "web-2", "web"]
    assert found(owner, "prod") == ["production"]
    assert found(owner, "audit") == ["auditor"]
    assert found(owner, "-1") == ["web-1", "win-1"]
    assert found(owner, "EB-") == ["web-1", "web-2"]
    assert found(owner, "udito") == ["auditor"]
    assert found(owner, "ducti") == ["production"]
    assert found(owner, "eb-9") == []
    assert found(owner, "  ") == []


def test_names_that_begin_so_come_before_those_that_hold_it(world: World, client_of: ClientOf) -> None:
    VirtualMachine.objects.filter(id=world.other_vm.id).update(name="a-web-1")
    assert found(client_of("owner"), "web-1") == ["web-1", "a-web-1"]
    assert found(client_of("contributor"), "web-1") == ["web-1"]
    assert found(client_of("contributor"), "eb-1") == ["web-1"]
    assert found(client_of("stranger"), "eb-1") == [world.foreign_vm.name]


def test_a_machine_is_listed_once_though_name_and_address_fit(world: World, client_of: ClientOf) -> None:
    place = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    network = VirtualNetwork.objects.create(name="net", **place)
    subnet = Subnet.objects.create(network=network, name="front", prefix="1.0.0.0/24")
    NetworkInterface.objects.create(
        name="nic", vm=world.vm, subnet=subnet, private_address="1.0.0.4", **place
    )
    assert found(client_of("owner"), "1") == ["web-1", "win-1"]


def test_it_finds_nothing_that_may_not_be_seen(world: World, client_of: ClientOf) -> None:
    assert found(client_of("contributor"), "web") == ["web-1"]
    assert found(client_of("contributor"), "audit") == []
    assert found(client_of("bystander"), "web") == []
    assert found(client_of("stranger"), "auditor") == []
    hits = client_of("stranger").get("/search/?q=web-1").context["hits"]
    assert [hit.url for hit in hits] == [world.foreign_vm.get_absolute_url()]


def test_it_finds_sessions_by_person_and_by_machine_for_whoever_may_see_them(
    world: World, client_of: ClientOf
) -> None:
    ended = session(world, "contributor", ended_at=timezone.now())
    lives = session(world, "watcher", world.other_vm)
    session(world, "stranger", world.foreign_vm)
    assert found(client_of("auditor"), "CONTRI")[-1] == "contributor on web-1"
    assert found(client_of("auditor"), "tribu")[-1] == "contributor on web-1"
    assert found(client_of("auditor"), "web-")[-2:] == ["watcher on web-2", "contributor on web-1"]
    hit = client_of("reader").get("/search/?q=wa").context["hits"][-1]
    assert (hit.name, hit.url, hit.where[:4]) == ("watcher on web-2", f"/sessions/{lives.id}/", "live")
    assert client_of("reader").get(f"/sessions/{ended.id}/").status_code == 200
    assert found(client_of("contributor"), "watcher") == []
    assert found(client_of("stranger"), "watcher") == []


def test_under_the_box_it_answers_with_options_only(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").get("/search/?q=web", headers={"HX-Request": "true"})
    assert answer.content.count(b'role="option"') == 3
    assert b"<html" not in answer.content


@pytest.mark.parametrize("text", ["%", "_", "'", '"', "\\", "a" * 101, "\0", "<script>", "💥", "\U0010ffff"])
def test_it_takes_any_text(text: str, world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").get("/search/", {"q": text})
    assert answer.status_code == 200
    assert answer.context["hits"] == []
    assert b"<script>x" not in answer.content


@pytest.mark.parametrize(("person", "queries"), [("owner", 17), ("contributor", 11)])
def test_it_stays_within_its_queries(
    person: str, queries: int, world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(person)
    for _ in range(3):
        session(world, "contributor")
    with django_assert_max_num_queries(queries):
        client.get("/search/?q=web")


@pytest.mark.django_db
def test_the_prefix_is_answered_by_an_index() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("an empty table's plan says nothing on PostgreSQL")
    plan = (
        VirtualMachine.objects.filter(begins("name_key", "web"), tenant_id="0" * 32)
        .order_by("name_key", "id")
        .explain()
    )
    assert "vm_by_name" in plan
    assert "TEMP B-TREE" not in plan
