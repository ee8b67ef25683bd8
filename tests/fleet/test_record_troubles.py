"""A tenant's targets hear that records are not kept as promised: once, of their own, with nothing that was printed."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.roles import READER
from accounts.services.roles import assign_role
from portal.fleet.alerts import delivering
from portal.fleet.alerts.selectors import newest_alerts
from portal.fleet.models import Alert, AlertTarget, RecordTrouble, StorageAccount
from portal.fleet.services.alerts import add_alert_target
from portal.fleet.services.record_troubles import KEPT, begin_trouble, end_trouble, tell_of_trouble
from portal.fleet.services.sightings import record_sighting
from portal.fleet.services.storage import remove_storage_account
from tests import world as worlds
from tests.fleet.listener import Listener
from tests.world import SYSTEM, World

Browsers = Callable[[str], Client]
KINDS = ["damage", "store-away", "output-lost"]


def begin(world: World, kind: str = "damage", account: StorageAccount | None = None) -> RecordTrouble:
    """As the archive's jobs do."""
    account_id = account.pk if account else None
    return begin_trouble(tenant_id=world.contoso.id, account_id=account_id, kind=kind, vm_id=world.vm.id)


def aim(world: World, address: str = "https://hooks.example/1", kind: str = "webhook") -> AlertTarget:
    return add_alert_target(by=SYSTEM, tenant=world.contoso, kind=kind, address=address)[0]


def told() -> list[bool]:
    return list(Alert.objects.order_by("made_at").values_list("is_over", flat=True))


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_it_begins_once_however_often_it_is_seen(world: World, kind: str, own: bool) -> None:
    aim(world)
    account = None if own else world.storage
    first = begin(world, kind, account)
    assert all(begin(world, kind, account) == first for _ in range(3))
    assert len(told()) == (0 if kind == "store-away" else 1)
    assert [tell_of_trouble(trouble=first) for _ in range(2)] == [kind == "store-away", False]
    assert len(told()) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordTrouble.objects.create(
            tenant=world.contoso, account=account, kind=kind, began_at=timezone.now(), seen_at=timezone.now()
        )
    begin_trouble(tenant_id=world.fabrikam.id, account_id=None, kind=kind)
    assert RecordTrouble.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_see_it_in_the_same_instant_one_tells(world: World) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory lets no two threads write")
    aim(world)
    both, found = threading.Barrier(4), []

    def sees() -> None:
        try:
            both.wait(20)
            found.append(begin(world).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=sees) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert (len(set(found)), Alert.objects.count()) == (1, 1)


def test_it_ends_once_and_not_while_it_is_seen_again(world: World) -> None:
    aim(world)
    begin(world)
    RecordTrouble.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    before = RecordTrouble.objects.get()
    assert begin(world) == before
    assert not end_trouble(trouble=before)
    assert told() == [False]
    seen = RecordTrouble.objects.get()
    assert [end_trouble(trouble=seen) for _ in range(2)] == [True, False]
    assert told() == [False, True]
    assert begin(world) != seen
    assert told() == [False, True, False]


def test_only_who_heard_of_it_hears_that_it_is_over(world: World) -> None:
    first = aim(world)
    trouble = begin(world)
    aim(world, "https://hooks.example/later")
    end_trouble(trouble=RecordTrouble.objects.get(id=trouble.id))
    assert {alert.target for alert in Alert.objects.all()} == {first}
    assert told() == [False, True]


def test_what_is_long_over_is_forgotten(world: World) -> None:
    old = begin(world)
    RecordTrouble.objects.update(ended_at=timezone.now() - KEPT - timedelta(days=1))
    begin(world, "output-lost")
    assert not RecordTrouble.objects.filter(id=old.id).exists()


def test_an_account_goes_with_what_was_told_of_it(world: World) -> None:
    aim(world)
    world.vm.diagnostics_account = None
    world.vm.save()
    begin(world, account=world.storage)
    remove_storage_account(by=SYSTEM, account=world.storage)
    assert not Alert.objects.exists()


def test_a_webhook_gets_the_account_the_machine_and_what_waits(world: World, listener: Listener) -> None:
    aim(world, listener.url)
    away = begin(world, "store-away", world.storage)
    tell_of_trouble(trouble=away, machines=3, waiting_bytes=4096)
    assert delivering.deliver(Alert.objects.get().id)
    said = json.loads(listener.got[0][1])
    assert said.pop("at").endswith("Z")
    assert said == {
        "id": str(Alert.objects.get().id),
        "kind": "store-away",
        "over": False,
        "storageAccount": {"id": world.storage.scope, "name": "contosodiag"},
        "vm": {"id": world.vm.scope, "name": "web-1", "powerState": "running"},
        "machines": 3,
        "waitingBytes": 4096,
        "url": f"https://localhost:8443/storage/{world.subscription.id}/web/contosodiag/",
    }
    end_trouble(trouble=RecordTrouble.objects.get())
    assert delivering.deliver(Alert.objects.get(is_over=True).id)
    over = json.loads(listener.got[1][1])
    assert (over["kind"], over["over"], "machines" in over) == ("store-away", True, False)


def test_of_the_portals_own_store_the_page_on_records_is_named(world: World, listener: Listener) -> None:
    aim(world, listener.url)
    begin_trouble(tenant_id=world.contoso.id, account_id=None, kind="output-lost", vm_id=987654321)
    assert delivering.deliver(Alert.objects.get().id)
    said = json.loads(listener.got[0][1])
    assert (said["storageAccount"], said["vm"]) == (None, None)
    assert said["url"] == "https://localhost:8443/records/"


@pytest.mark.parametrize("kind", KINDS)
def test_a_mail_says_what_and_where_and_leads_there(world: World, kind: str) -> None:
    aim(world, "ops@contoso.example", "email")
    tell_of_trouble(trouble=begin(world, kind, world.storage), machines=3, waiting_bytes=4096)
    end_trouble(trouble=RecordTrouble.objects.get())
    for alert in Alert.objects.order_by("made_at"):
        assert delivering.deliver(alert.id)
    began = mail.outbox[0]
    assert began.subject.startswith("contosodiag: recorded output ")
    assert world.vm.scope in began.body
    assert f"https://localhost:8443/storage/{world.subscription.id}/web/contosodiag/" in began.body
    assert ("Machines whose output waits on their hosts' disks alone: 3, with 4.0\xa0KB" in began.body) == (
        kind == "store-away"
    )
    assert [sent.subject.startswith("contosodiag: over: ") for sent in mail.outbox[1:]] == [True] * (
        kind != "output-lost"
    )


def test_the_page_lists_it_for_whoever_may_see_the_account(world: World, client_of: Browsers) -> None:
    aim(world)
    record_sighting(vm=world.vm, kind="panic", at=timezone.now())
    begin(world, account=world.storage)
    end_trouble(trouble=RecordTrouble.objects.get())
    begin(world, "output-lost")
    page = client_of("owner").get("/tenant/alerts/").content.decode()
    assert "kernel panic" in page
    assert "over: recorded output is damaged or missing" in page
    assert f'<a href="/storage/{world.subscription.id}/web/contosodiag/">contosodiag</a>' in page
    assert "the portal&#x27;s own store" in page
    assert (
        "recorded output"
        not in client_of("stranger").get("/tenant/alerts/").content.decode().partition("Recent alerts")[2]
    )


def test_who_sees_a_machine_alone_sees_no_alert_of_its_account(world: World) -> None:
    aim(world)
    record_sighting(vm=world.other_vm, kind="panic", at=timezone.now())
    begin(world, account=world.storage)
    assert newest_alerts(world.principal("owner"), world.contoso).count() == 2
    assign_role(
        by=SYSTEM,
        tenant=world.contoso,
        principal_kind="User",
        principal_id=world.people["bystander"].id,
        role=worlds.role(READER),
        scope=world.other_vm.scope,
    )
    seen = newest_alerts(world.principal("bystander"), world.contoso)
    assert [alert.sighting.vm for alert in seen if alert.sighting] == [world.other_vm]
    assert seen.count() == 1


def test_pages_of_accounts_and_records_show_what_is_open(world: World, client_of: Browsers) -> None:
    where, owner = f"/storage/{world.subscription.id}/web/contosodiag/", client_of("owner")
    away = begin(world, "store-away", world.storage)
    assert "is not taken" not in owner.get(where).content.decode()
    tell_of_trouble(trouble=away, machines=3, waiting_bytes=4096)
    begin(world, "output-lost")
    page = owner.get(where).content.decode()
    assert "Recorded output is not taken." in page
    assert "Output of 3 machines waits on their hosts' disks alone" in page
    assert "was lost" not in page
    records = owner.get("/records/").content.decode()
    assert "contosodiag: recorded output is not taken" in records
    assert "own store: recorded output was lost" in records
    assert "Not kept as promised" not in client_of("stranger").get("/records/").content.decode()
