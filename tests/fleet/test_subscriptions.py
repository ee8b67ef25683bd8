from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import actions
from accounts.conditions import address_allowed
from accounts.models import AuditEntry
from accounts.roles import READER
from portal.fleet.addresses import parse_rules
from portal.fleet.models import Subscription
from portal.fleet.services.resources import create_resource_group, create_subscription
from tests.accounts.test_people import refused
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]


def page_of(world: World, act: str = "") -> str:
    return f"/subs/{world.subscription.id}/{act}"


def test_the_list_holds_what_the_person_may_see(world: World, client_of: ClientOf) -> None:
    create_subscription(by=SYSTEM, tenant=world.contoso, name="laboratory")
    give(world.people["bystander"], world.contoso, READER, world.subscription.scope)

    def names(person: str) -> list[str]:
        return [one.name for one in client_of(person).get("/subs/").context["page"].rows]

    assert names("owner") == ["laboratory", "production"]
    assert names("bystander") == ["production"]
    assert names("stranger") == ["factory"]


def test_an_empty_list_says_how_the_first_one_gets_there(world: World, client_of: ClientOf) -> None:
    assert (
        "manage.py subscription_add --tenant contoso" in client_of("bystander").get("/subs/").content.decode()
    )


def test_the_list_takes_no_more_queries_for_more_subscriptions(
    world: World, client_of: ClientOf, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(60):
        create_subscription(by=SYSTEM, tenant=world.contoso, name=f"sub-{number:02}")
    owner = client_of("owner")
    with django_assert_max_num_queries(16):  # type: ignore[attr-defined]
        page = owner.get("/subs/").context["page"]
    assert (len(page.rows), page.count) == (50, "61")
    assert len(owner.get("/subs/?q=SUB-1").context["page"].rows) == 10


def test_the_page_has_its_tabs_its_groups_and_commands(world: World, client_of: ClientOf) -> None:
    create_resource_group(by=SYSTEM, subscription=world.subscription, name="data")
    text = client_of("owner").get(page_of(world)).content.decode()
    for shown in (
        "data",
        f"/access{world.subscription.scope}",
        f"/activity{world.subscription.scope}",
        "az account show",
    ):
        assert shown in text


def test_a_reader_looks_a_bystander_is_refused_and_a_stranger_finds_nothing(
    world: World, client_of: ClientOf
) -> None:
    assert client_of("owner").get(page_of(world)).status_code == 200
    reader = client_of("reader").get(page_of(world))
    assert reader.status_code == 200
    assert "console-switch" not in reader.content.decode()
    refused(client_of("bystander").get(page_of(world)), actions.SUBSCRIPTION_READ, world.subscription.scope)
    assert client_of("stranger").get(page_of(world)).status_code == 404


@pytest.mark.parametrize("act", ["rename/", "addresses/"])
def test_settings_are_changed_by_who_may_write(world: World, client_of: ClientOf, act: str) -> None:
    data = {"name": "prod", "rules": "127.0.0.0/8"}
    refused(
        client_of("reader").post(page_of(world, act), data),
        actions.SUBSCRIPTION_WRITE,
        world.subscription.scope,
    )
    assert client_of("stranger").post(page_of(world, act), data).status_code == 404
    assert client_of("owner").post(page_of(world, act), data).status_code == 302


def test_a_taken_name_is_told_at_the_field(world: World, client_of: ClientOf) -> None:
    create_subscription(by=SYSTEM, tenant=world.contoso, name="laboratory")
    answer = client_of("owner").post(page_of(world, "rename/"), {"name": "laboratory"})
    assert "a subscription of this name already" in answer.content.decode()
    client_of("owner").post(page_of(world, "rename/"), {"name": "factory"})
    assert Subscription.objects.get(id=world.subscription.id).name == "factory"
    entry = AuditEntry.objects.filter(action=actions.SUBSCRIPTION_WRITE).latest("id")
    assert entry.details == {"renamed": {"before": "production", "after": "factory"}}


def test_rules_that_would_lock_out_the_person_are_refused(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    answer = owner.post(page_of(world, "addresses/"), {"rules": "203.0.113.0/24"})
    assert "You are at 127.0.0.1" in answer.content.decode()
    assert "203.0.113.0/24" in answer.content.decode()
    assert Subscription.objects.get(id=world.subscription.id).address_rules == []
    owner.post(page_of(world, "addresses/"), {"rules": "203.0.113.0/24\n\n127.0.0.1\n"})
    assert Subscription.objects.get(id=world.subscription.id).address_rules == [
        "203.0.113.0/24",
        "127.0.0.1/32",
    ]
    owner.post(page_of(world, "addresses/"), {"rules": ""})
    assert Subscription.objects.get(id=world.subscription.id).address_rules == []


def test_each_bad_line_gets_its_own_sentence() -> None:
    with pytest.raises(ValidationError) as caught:
        parse_rules("10.0.0.0/8\nnonsense\n192.168.1.7/24\n")
    first, second = caught.value.messages
    assert first.startswith("Line 2: nonsense is no address")
    assert second.startswith("Line 3:")
    assert "Did you mean 192.168.1.0/24?" in second


def test_rules_compare_addresses_of_both_families() -> None:
    rules = parse_rules("10.0.0.0/8\n2001:db8::/32\n10.0.0.0/8")
    assert rules == ["10.0.0.0/8", "2001:db8::/32"]
    assert address_allowed("10.9.9.9", rules)
    assert address_allowed("2001:db8::1", rules)
    assert not address_allowed("11.0.0.1", rules)
    assert not address_allowed("", rules)
