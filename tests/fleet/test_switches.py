import threading
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import OperationalError, connection, transaction
from django.test import Client

from accounts import actions, events
from accounts.models import AuditEntry, Tenant
from accounts.roles import CONSOLE_AUDITOR
from portal.fleet.models import Subscription
from portal.fleet.services.holds import OnHold, end_hold, put_hold, refuse_on_hold
from portal.fleet.services.switches import set_boot_diagnostics, switch_console
from tests.accounts.test_people import refused
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]


def switch_of(world: World) -> str:
    return f"/subs/{world.subscription.id}/console-switch/"


def kept(world: World) -> Subscription:
    return Subscription.objects.get(id=world.subscription.id)


def test_the_first_step_says_how_many_machines_and_switches_nothing(
    world: World, client_of: ClientOf
) -> None:
    text = client_of("owner").get(switch_of(world)).content.decode()
    assert "3 virtual machines (2 running)" in text
    assert "ends within seconds" in text
    assert f"az serial-console disable --subscription {world.subscription.id}" in text
    assert "consoleServices/default/disableConsole?api-version=2018-05-01" in text
    assert kept(world).console_enabled


def test_the_second_step_switches_and_the_page_says_who_and_why(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    answer = owner.post(switch_of(world), {"to": "off", "reason": "incident 12"}, follow=True)
    text = answer.content.decode()
    assert not kept(world).console_enabled
    assert "incident 12" in text
    assert "Last switched by" in text
    assert "are off" in text
    entry = AuditEntry.objects.get(action=actions.CONSOLE_DISABLE)
    assert entry.details == {"enabled": False, "changed": True, "reason": "incident 12"}
    owner.post(switch_of(world), {"to": "on", "reason": ""})
    assert kept(world).console_enabled


def test_turning_off_needs_a_reason(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").post(switch_of(world), {"to": "off", "reason": " "})
    assert "This field is required" in answer.content.decode()
    assert kept(world).console_enabled


def test_only_who_holds_the_switch_switches(world: World, client_of: ClientOf) -> None:
    give(world.people["watcher"], world.contoso, CONSOLE_AUDITOR, world.subscription.scope)
    asked = {"to": "off", "reason": "x"}
    refused(
        client_of("watcher").post(switch_of(world), asked), actions.CONSOLE_DISABLE, world.subscription.scope
    )
    refused(client_of("reader").get(switch_of(world)), actions.CONSOLE_DISABLE, world.subscription.scope)
    refused(client_of("bystander").get(switch_of(world)), actions.CONSOLE_READ, world.subscription.scope)
    assert client_of("stranger").post(switch_of(world), asked).status_code == 404
    assert kept(world).console_enabled
    assert client_of("owner").post(switch_of(world), asked).status_code == 302
    assert not kept(world).console_enabled


def test_switching_twice_keeps_the_first_reason_and_says_so(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    owner.post(switch_of(world), {"to": "off", "reason": "first"})
    answer = owner.post(switch_of(world), {"to": "off", "reason": "second"}, follow=True)
    assert "nothing changed" in answer.content.decode()
    assert (kept(world).console_enabled, kept(world).console_reason) == (False, "first")


def test_of_two_who_saw_it_on_the_first_switches_and_the_second_changes_nothing(world: World) -> None:
    seen_by_one, seen_by_other = kept(world), kept(world)
    switch_console(by=world.principal("owner"), subscription=seen_by_one, enabled=False, reason="first")
    switch_console(by=world.principal("watcher"), subscription=seen_by_other, enabled=False, reason="second")
    assert (kept(world).console_changed_by, kept(world).console_reason) == ("owner", "first")
    changed = (
        AuditEntry.objects.filter(action=actions.CONSOLE_DISABLE)
        .order_by("seq")
        .values_list("details__changed")
    )
    assert [one for (one,) in changed] == [True, False]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="an in-memory database has one writer at a time")
def test_two_at_once_make_one_change(world: World) -> None:
    together = threading.Barrier(2)

    def switch(reason: str) -> None:
        together.wait()
        switch_console(by=SYSTEM, subscription=world.subscription, enabled=False, reason=reason)
        connection.close()

    threads = [threading.Thread(target=switch, args=(reason,)) for reason in ("one", "other")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = AuditEntry.objects.filter(action=actions.CONSOLE_DISABLE)
    assert sorted(entry.details["changed"] for entry in entries) == [False, True]
    assert (
        kept(world).console_reason == next(one for one in entries if one.details["changed"]).details["reason"]
    )


@pytest.mark.django_db(transaction=True)
def test_the_live_path_is_told_once_the_switch_is_committed(world: World, client_of: ClientOf) -> None:
    layer = get_channel_layer()
    assert layer
    channel = async_to_sync(layer.new_channel)()
    async_to_sync(layer.group_add)(events.group_of(world.contoso.id), channel)
    client_of("owner").post(switch_of(world), {"to": "off", "reason": "incident"})
    message = async_to_sync(layer.receive)(channel)
    assert (message["type"], message["enabled"]) == ("switch.changed", False)
    assert message["subscription"] == str(world.subscription.id)


def test_the_switch_is_not_thrown_from_an_address_that_is_not_allowed(
    world: World, client_of: ClientOf
) -> None:
    Subscription.objects.filter(id=world.subscription.id).update(address_rules=["203.0.113.0/24"])
    owner, asked = client_of("owner"), {"to": "off", "reason": "x"}
    assert owner.post(switch_of(world), asked).status_code == 403
    assert owner.post(switch_of(world), asked, REMOTE_ADDR="203.0.113.9").status_code == 302


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="an in-memory database has one writer at a time")
def test_a_hold_waits_for_whoever_was_told_that_there_is_none(world: World) -> None:
    waits: list[bool] = []

    def try_to_hold() -> None:
        try:
            with transaction.atomic():
                Tenant.objects.select_for_update(no_key=True, nowait=True).get(id=world.contoso.id)
            waits.append(False)
        except OperationalError:
            waits.append(True)
        connection.close()

    def elsewhere() -> None:
        thread = threading.Thread(target=try_to_hold)
        thread.start()
        thread.join()

    with transaction.atomic():
        refuse_on_hold(world.contoso.id, world.vm.scope_key)
        elsewhere()
    elsewhere()
    assert waits == [True, False]


def test_what_is_on_hold_gets_no_other_storage_account_and_is_not_turned_off(world: World) -> None:
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.group, reason="case 7")
    with pytest.raises(OnHold):
        set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=True, account=None)
    with pytest.raises(OnHold):
        set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=False, account=world.storage)
    vm = set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=True, account=world.storage)
    assert (vm.boot_diagnostics, vm.diagnostics_account) == (True, world.storage)
    end_hold(by=SYSTEM, hold=hold)
    assert not set_boot_diagnostics(by=SYSTEM, vm=vm, enabled=False, account=world.storage).boot_diagnostics
    assert set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=True).diagnostics_account is None
