"""Who is attached now, as pages, REST and the admin site tell it; and what a page is told whose socket was refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from consoles import sessions
from consoles.admin import effects_of_off
from portal.fleet.models import Subscription, VirtualMachine
from tests.consoles.live.sessions import session
from tests.world import World


def test_lists_hold_those_that_live(world: World) -> None:
    mine, other = session(world, "owner"), session(world, "watcher", world.windows_vm)
    session(world, "owner", ended_at=timezone.now())
    session(world, "owner", seen_at=timezone.now() - timedelta(minutes=3))
    foreign = session(world, "stranger", world.foreign_vm)
    assert list(sessions.of_vm(world.vm)) == [mine]
    assert set(sessions.of_subscription(world.subscription)) == {mine, other}
    assert set(sessions.visible(world.principal("owner"))) == {mine, other}
    assert list(sessions.visible(world.principal("contributor"))) == [mine]
    assert list(sessions.visible(world.principal("stranger"))) == [foreign]


def test_a_session_outlives_its_machine(world: World) -> None:
    made = session(world, "owner")
    world.vm.delete()
    made.refresh_from_db()
    assert (made.vm, made.vm_name) == (None, "web-1")


def test_whoever_turns_consoles_off_is_told_how_many_end(world: World) -> None:
    subscription = Subscription.objects.get(id=world.subscription.id)
    assert "Nobody is attached there just now." in effects_of_off(subscription)
    session(world, "owner")
    assert "1 live session there ends at once." in effects_of_off(subscription)
    session(world, "watcher")
    assert "2 live sessions there end at once." in effects_of_off(subscription)


def state(client: Client, vm: VirtualMachine) -> tuple[int, Any]:
    answer = client.get(f"{vm.console_url}state/")
    assert answer["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()


def test_the_state_says_who_may_do_what(world: World, client_of: Any) -> None:
    _, owner = state(client_of("owner"), world.vm)
    assert (owner["ready"], owner["code"], owner["mode"], owner["may_write"]) == (
        True,
        "Ready",
        "write",
        True,
    )
    _, watcher = state(client_of("watcher"), world.vm)
    assert (watcher["ready"], watcher["mode"], watcher["may_write"]) == (True, "watch", False)
    _, reader = state(client_of("reader"), world.vm)
    assert (reader["ready"], reader["code"], reader["mode"]) == (False, "AuthorizationFailed", None)
    assert reader["title"] == "You lack the role for this console"
    assert reader["sentence"]
    assert reader["url"]
    assert reader["action"]


def test_the_state_of_what_one_may_not_know_is_not_found(world: World, client_of: Any) -> None:
    assert state(Client(), world.vm) == (401, {"signed_in": False})
    assert state(client_of("stranger"), world.vm)[0] == 404
    assert state(client_of("stranger"), world.foreign_vm)[0] == 200
    assert client_of("owner").get(f"{world.vm.console_url.replace('web-1', 'none')}state/").status_code == 404


def test_the_state_speaks_the_persons_language_and_leads_out(world: World, client_of: Any) -> None:
    client = client_of("owner")
    world.subscription.console_enabled = False
    world.subscription.console_reason = "incident 12"
    world.subscription.save()
    _, found = state(client, world.vm)
    assert (found["ready"], found["code"]) == (False, "SubscriptionConsoleDisabled")
    assert "incident 12" in found["sentence"]
    assert found["url"] == f"/subs/{world.subscription.id}/"
    world.people["owner"].language = "fr"
    world.people["owner"].save()
    answer = client.get(f"{world.vm.console_url}state/")
    assert answer.headers["Content-Language"] == "fr"


def test_the_state_leads_to_the_second_factor_where_the_tenant_asks_for_one(
    world: World, client_of: Any
) -> None:
    client = client_of("owner")
    world.contoso.require_mfa = True
    world.contoso.save()
    _, found = state(client, world.vm)
    assert (found["ready"], found["code"], found["may_write"]) == (False, "MultiFactorNeeded", False)
    assert found["url"].startswith("/account/confirm/?next=%2Fvms%2F")


@pytest.mark.parametrize(
    ("person", "status"),
    [("owner", 302), ("contributor", 403), ("reader", 403), ("stranger", 404)],
)
def test_times_are_set_by_whoever_may_change_the_subscription(
    world: World, client_of: Any, person: str, status: int
) -> None:
    url = f"/subs/{world.subscription.id}/console-times/"
    chosen = {"console_idle_minutes": "30", "console_longest_minutes": "480"}
    assert client_of(person).post(url, chosen).status_code == status
    assert client_of("owner").post(url, chosen).status_code == 302
    kept = Subscription.objects.get(id=world.subscription.id)
    assert (kept.console_idle_minutes, kept.console_longest_minutes) == (30, 480)
    page = client_of("owner").get(f"/subs/{world.subscription.id}/").content.decode()
    assert "30 minutes" in page
    assert "480 minutes" in page


def test_times_longer_than_a_week_are_told_at_the_field(world: World, client_of: Any) -> None:
    url = f"/subs/{world.subscription.id}/console-times/"
    answer = client_of("owner").post(url, {"console_idle_minutes": "99999", "console_longest_minutes": "-1"})
    assert answer.status_code == 200
    assert Subscription.objects.get(id=world.subscription.id).console_idle_minutes == 0
