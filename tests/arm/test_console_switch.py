from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.test import Client

from accounts import events
from accounts.models import AuditEntry
from portal.fleet.models import Subscription
from tests import world as worlds
from tests.arm.conftest import CallerOf


@pytest.fixture
def switch(world: worlds.World) -> str:
    return f"/subscriptions/{world.subscription.id}/providers/Microsoft.SerialConsole/consoleServices/default"


@pytest.mark.parametrize("who", ["owner", "deputy"])
def test_owner_and_contributor_turn_consoles_off_and_on(
    world: worlds.World, caller_of: CallerOf, switch: str, who: str
) -> None:
    caller = caller_of(who)
    assert caller.get(switch).json() == {"properties": {"disabled": False}}
    assert caller.post(f"{switch}/disableConsole?api-version=2018-05-01").json() == {
        "properties": {"disabled": True}
    }
    assert caller.get(switch).json() == {"properties": {"disabled": True}}
    assert caller.post(f"{switch}/disableConsole").json() == {"properties": {"disabled": True}}
    world.subscription.refresh_from_db()
    assert not world.subscription.console_enabled
    assert caller.post(f"{switch}/enableConsole").json() == {"properties": {"disabled": False}}
    world.subscription.refresh_from_db()
    assert world.subscription.console_enabled


@pytest.mark.parametrize("body", ["", "{}", "null", "not json at all"])
def test_it_asks_for_no_body_and_minds_none(caller_of: CallerOf, switch: str, body: str) -> None:
    answer = caller_of("owner")(
        "POST", f"{switch}/disableConsole", data=body, content_type="application/json"
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("who", ["reader", "auditor"])
def test_who_only_reads_sees_the_switch_and_cannot_move_it(
    world: worlds.World, caller_of: CallerOf, switch: str, who: str
) -> None:
    caller, person = caller_of(who), world.people[who]
    assert caller.get(switch).status_code == 200
    answer = caller.post(f"{switch}/disableConsole")
    assert answer.status_code == 403
    assert answer.json() == {
        "error": {
            "code": "AuthorizationFailed",
            "message": f"The client '{person.display_name}' with object id '{person.id}' does not have authorization to "
            "perform action 'Microsoft.SerialConsole/consoleServices/disableConsole/action' over scope "
            f"'/subscriptions/{world.subscription.id}' or the scope is invalid. "
            "If access was recently granted, please refresh your credentials.",
        }
    }
    world.subscription.refresh_from_db()
    assert world.subscription.console_enabled
    assert caller_of("owner").post(f"{switch}/disableConsole").status_code == 200


@pytest.mark.parametrize("who", ["contributor", "watcher", "bystander"])
def test_members_without_the_right_are_told_which_one(caller_of: CallerOf, switch: str, who: str) -> None:
    """A role on one machine does not reach the switch of the subscription around it."""
    for act, action in [
        ("", "read"),
        ("/disableConsole", "disableConsole/action"),
        ("/enableConsole", "enableConsole/action"),
    ]:
        method = "POST" if act else "GET"
        assert caller_of("owner")(method, switch + act).status_code == 200
        answer = caller_of(who)(method, switch + act)
        assert answer.status_code == 403
        assert f"Microsoft.SerialConsole/consoleServices/{action}" in answer.json()["error"]["message"]


def test_a_stranger_gets_the_providers_own_not_found(
    world: worlds.World, caller_of: CallerOf, switch: str
) -> None:
    for method, act in [("GET", ""), ("POST", "/disableConsole"), ("POST", "/enableConsole")]:
        assert caller_of("owner")(method, switch + act).status_code == 200
        answer = caller_of("stranger")(method, switch + act)
        assert answer.status_code == 404
        assert answer.json() == {
            "code": "SubscriptionNotFound",
            "message": f"The subscription '{world.subscription.id}' could not be found.",
        }


def test_without_a_token_nothing_moves(world: worlds.World, caller_of: CallerOf, switch: str) -> None:
    assert Client().post(f"{switch}/disableConsole").status_code == 401
    world.subscription.refresh_from_db()
    assert world.subscription.console_enabled
    assert caller_of("owner").post(f"{switch}/disableConsole").status_code == 200


def test_the_change_and_its_refusal_are_recorded_with_the_requests_own_id(
    world: worlds.World, caller_of: CallerOf, switch: str
) -> None:
    done = caller_of("owner").post(f"{switch}/disableConsole")
    refused = caller_of("reader").post(f"{switch}/enableConsole")
    entry = AuditEntry.objects.get(request_id=done["X-Request-Id"])
    assert entry.action == "Microsoft.SerialConsole/consoleServices/disableConsole/action"
    assert (entry.outcome, entry.scope, entry.address) == ("succeeded", world.subscription.scope, "127.0.0.1")
    assert entry.principal_id == world.people["owner"].id
    entry = AuditEntry.objects.get(request_id=refused["X-Request-Id"])
    assert (entry.outcome, entry.error_code) == ("refused", "AuthorizationFailed")
    assert entry.principal_id == world.people["reader"].id


def test_the_live_path_hears_of_it_after_the_commit(
    world: worlds.World,
    caller_of: CallerOf,
    switch: str,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    layer, owner = get_channel_layer(), caller_of("owner")
    async_to_sync(layer.group_add)(events.group_of(world.contoso.id), "listener.arm")
    with django_capture_on_commit_callbacks(execute=True):
        owner.post(f"{switch}/disableConsole")
    heard = async_to_sync(layer.receive)("listener.arm")
    assert heard["type"] == events.SWITCH_CHANGED
    assert (heard["subscription"], heard["enabled"]) == (str(world.subscription.id), False)


def test_address_rules_hold_for_acts_and_say_the_way_out(
    world: worlds.World, caller_of: CallerOf, switch: str
) -> None:
    owner = caller_of("owner")
    rules = Subscription.objects.filter(id=world.subscription.id)
    rules.update(address_rules=["127.0.0.0/8"])
    assert owner.post(f"{switch}/disableConsole").status_code == 200
    rules.update(address_rules=["192.0.2.0/24"])
    answer = owner.post(f"{switch}/enableConsole")
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "AddressNotAllowed"
    assert "127.0.0.1" in answer.json()["error"]["message"]
    assert owner.get(switch).json() == {"properties": {"disabled": True}}


def test_operations_are_listed_as_published(caller_of: CallerOf) -> None:
    found = {
        one["name"]: one
        for one in caller_of("bystander").get("/providers/Microsoft.SerialConsole/operations").json()["value"]
    }
    read = found["Microsoft.SerialConsole/consoleServices/read"]
    assert read["isDataAction"] == "false"
    assert set(read["display"]) == {"provider", "resource", "operation", "description"}
    assert "Microsoft.SerialConsole/consoleServices/disableConsole/action" in found
    assert "Microsoft.SerialConsole/consoleServices/enableConsole/action" in found
