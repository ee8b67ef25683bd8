"""The list of sessions, narrowed down: by which words, and by whom."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership, User
from accounts.roles import READER
from consoles.models import ConsoleSession
from tests.consoles.reviewing.conftest import Attach
from tests.consoles.reviewing.test_sessions import listed
from tests.world import World, give

ClientOf = Callable[[str], Client]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"who": "contrib"}, ["contributor"]),
        ({"who": "Signs-In-As-W"}, ["watcher"]),
        ({"who": "Signs-In-As"}, []),
        ({"who": "127.0.0.1"}, ["owner", "contributor", "watcher"]),
        ({"vm": "win"}, ["watcher"]),
        ({"live": "1"}, ["owner"]),
        ({"live": "0"}, ["contributor", "watcher"]),
        ({"who": "nobody of that name"}, []),
        ({"since": "not a day"}, []),
    ],
)
def test_it_is_narrowed_down(
    world: World, client_of: ClientOf, attach: Attach, query: dict[str, str], found: list[str]
) -> None:
    attach("owner")
    attach("contributor", until=5)
    attach("watcher", world.windows_vm, until=5, ago=2)
    User.objects.filter(id=world.people["watcher"].id).update(username="signs-in-as-w")
    assert [name for name, _vm in listed(client_of("auditor"), **query)] == found


@pytest.mark.parametrize("query", [{"since": "zz"}, {"until": "zz"}, {"subscription": "bad"}, {"live": "x"}])
def test_a_filter_that_is_not_understood_finds_nothing_and_says_so_at_its_field(
    world: World, client_of: ClientOf, attach: Attach, query: dict[str, str]
) -> None:
    attach("owner")
    attach("contributor", until=5)
    client = client_of("auditor")
    text = client.get("/sessions/", query).content.decode()
    assert "errorlist" in text
    assert "live-sessions" not in text
    assert "Nothing matches" not in text
    assert "live-sessions" in client.get("/sessions/").content.decode()


def test_it_is_narrowed_down_by_id_scope_subscription_and_days(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    attach("owner", until=5, ago=3)
    attach("contributor", until=5)
    ConsoleSession.objects.filter(principal_name="owner").update(ended_at=timezone.now() - timedelta(days=3))
    client, today = client_of("auditor"), timezone.now().date()
    assert listed(client, who=str(world.people["owner"].id)) == [("owner", "web-1")]
    assert len(listed(client, vm=world.vm.scope)) == 2
    assert len(listed(client, subscription=str(world.subscription.id))) == 2
    assert listed(client, subscription=str(uuid4())) == []
    assert listed(client, since=str(today)) == [("contributor", "web-1")]
    assert listed(client, until=str(today - timedelta(days=1))) == [("owner", "web-1")]


def test_only_whoever_may_read_the_directory_finds_somebody_by_what_they_sign_in_with(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    attach("watcher")
    User.objects.filter(id=world.people["watcher"].id).update(username="zq.w@corp")
    give(world.people["bystander"], world.contoso, READER, world.vm.scope)
    assert client_of("bystander").get("/people/").status_code == 403
    for who in ("z", "zq.", "@corp", "zq.w@corp"):
        assert listed(client_of("bystander"), who=who) == []
    assert listed(client_of("bystander"), who="watcher") == [("watcher", "web-1")]
    assert client_of("owner").get("/people/").status_code == 200
    assert listed(client_of("owner"), who="ZQ.w@corp") == [("watcher", "web-1")]


@pytest.mark.parametrize("person", ["watcher", "staff"])
def test_who_is_no_member_is_found_by_the_recorded_name_alone(
    person: str, world: World, client_of: ClientOf, attach: Attach
) -> None:
    attach(person)
    User.objects.filter(id=world.people[person].id).update(username="zq.w@corp")
    Membership.objects.filter(user=world.people["watcher"]).delete()
    for who in ("zq.", "zq.w@corp"):
        assert listed(client_of("owner"), who=who) == []
    assert listed(client_of("owner"), who=person) == [(person, "web-1")]
