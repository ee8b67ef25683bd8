"""The page on which a tenant says how long records are kept, holds them, and deletes what one machine printed."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts import actions
from accounts.models import AuditEntry
from accounts.roles import STORAGE_BLOB_DATA_CONTRIBUTOR
from consoles.models import ArchivedPiece, ConsoleSession, Erasure, LineArchive
from consoles.retention import views
from consoles.retention.sessions import prune_sessions
from consoles.retention.shortening import what_goes
from portal.fleet.models import VirtualMachine
from portal.fleet.models.records import LegalHold, Retention
from portal.fleet.models.storage import StorageAccount
from portal.fleet.services.holds import end_hold, on_hold, put_hold
from portal.fleet.services.retention import known_of
from tests.world import SYSTEM, World, give

Browsers = Callable[[str], Client]


@pytest.fixture(autouse=True)
def stores(settings: Settings, tmp_path: Path) -> None:
    settings.STORES = tmp_path


@pytest.fixture
def owner(client_of: Browsers) -> Client:
    return client_of("owner")


@pytest.fixture
def keeper(world: World, client_of: Browsers) -> Client:
    """An owner who may also delete what is kept."""
    give(world.people["owner"], world.contoso, STORAGE_BLOB_DATA_CONTRIBUTOR, world.contoso.scope)
    return client_of("owner")


def text(client: Client, path: str = "/records/") -> str:
    return client.get(path).content.decode()


def save(client: Client, **days: object) -> str:
    return client.post("/records/", days, follow=True).content.decode()


def session(world: World, vm: VirtualMachine | None = None, days: int = 500) -> ConsoleSession:
    vm = vm or world.vm
    made = ConsoleSession.objects.create(
        tenant=vm.tenant,
        vm=vm,
        line_id=vm.ports.get().line_id,
        scope=vm.scope,
        vm_name=vm.name,
        principal_kind="User",
        principal_id=world.people["owner"].id,
        principal_name="owner",
    )
    ConsoleSession.objects.filter(id=made.id).update(ended_at=timezone.now() - timedelta(days))
    return made


def test_times_are_saved_recorded_and_shown(world: World, owner: Client) -> None:
    page = save(
        owner,
        log_days=30,
        session_days=100,
        seal_after_days=60,
        seal_account=world.storage.id,
        audit_days=400,
    )
    assert "is saved" in page
    kept = Retention.objects.get(tenant=world.contoso)
    assert (kept.log_days, kept.session_days, kept.seal_after_days, kept.audit_days) == (30, 100, 60, 400)
    told = AuditEntry.objects.filter(action=actions.RETENTION_WRITE).latest("id").details
    assert told["session_days"] == [400, 100]
    assert told["seal_account"] == [None, world.storage.scope]
    save(
        owner,
        log_days=30,
        session_days=100,
        seal_after_days=60,
        seal_account=world.storage.id,
        audit_days=400,
    )
    assert AuditEntry.objects.filter(action=actions.RETENTION_WRITE).count() == 1, "nothing was changed"


@pytest.mark.parametrize(
    ("days", "why"),
    [
        ({"session_days": 0}, "shortest time is one day"),
        ({"log_days": -1}, "greater than or equal"),
        ({"log_days": 10**9}, "less than or equal"),
        ({"seal_after_days": 30}, "Choose where"),
        ({"seal_account": "its account"}, "after how many days"),
        ({"audit_days": 30}, "at least 90 days"),
        ({"audit_days": 400}, "Only sealed entries are deleted"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    world: World, owner: Client, days: dict[str, Any], why: str
) -> None:
    given = {name: world.storage.id if value == "its account" else value for name, value in days.items()}
    assert why in save(owner, **given)
    assert not Retention.objects.exists()


def test_an_account_that_cannot_keep_anything_or_is_somebody_elses_is_refused(
    world: World, owner: Client
) -> None:
    StorageAccount.objects.filter(id=world.storage.id).update(kind="premium")
    assert f'<option value="{world.storage.id}"' not in text(owner)
    assert "Select a valid choice" in save(owner, seal_after_days=30, seal_account=world.storage.id)
    foreign = StorageAccount.objects.create(
        tenant=world.fabrikam,
        subscription=world.foreign_subscription,
        resource_group=world.foreign_group,
        name="fabrikamdiag",
    )
    assert "Select a valid choice" in save(owner, seal_after_days=30, seal_account=foreign.id)
    assert not Retention.objects.exists()


def test_an_account_without_days_and_days_without_an_account_are_told_at_the_field(
    world: World, owner: Client
) -> None:
    for given, field in (
        ({"seal_account": world.storage.id}, "seal_after_days"),
        ({"seal_after_days": 30}, "seal_account"),
    ):
        answer = owner.post("/records/", given)
        assert list(answer.context["form"].errors) == [field]
    assert not Retention.objects.exists()
    assert "is saved" in save(owner, seal_after_days=30, seal_account=world.storage.id)
    assert "is saved" in save(owner)
    assert Retention.objects.get().seal_account is None


def test_whoever_only_reads_the_audit_sees_the_times_and_changes_none(
    world: World, client_of: Browsers
) -> None:
    auditor = client_of("auditor")
    page = text(auditor)
    assert "400 days" in page
    assert "Hold or delete" not in page
    assert f"/activity{world.contoso.scope}" in page
    assert '<form method="post" class="hp-form"' not in page
    assert auditor.post("/records/", {"session_days": 1}).status_code == 403
    assert not Retention.objects.exists()


def test_a_machine_is_found_put_on_hold_and_let_go(world: World, owner: Client) -> None:
    path = f"/records/hold{world.vm.scope}"
    assert path in text(owner, "/records/?q=WEB-1")
    assert "Nothing of that name" in text(owner, "/records/?q=nowhere")
    assert b"case 7" in owner.post(path, {"reason": "case 7"}, follow=True).content
    hold = LegalHold.objects.get()
    assert on_hold(world.contoso.id, world.vm.scope_key) == hold
    assert b"ended by owner" in owner.post(f"/records/holds/{hold.id}/end/", follow=True).content
    assert on_hold(world.contoso.id, world.vm.scope_key) is None
    assert AuditEntry.objects.filter(action=actions.HOLD_WRITE, scope=world.vm.scope).count() == 2


def test_a_hold_that_has_ended_says_who_ended_it_and_when(
    world: World, owner: Client, client_of: Browsers
) -> None:
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    end_hold(by=world.principal("auditor"), hold=hold)
    again = f"/records/holds/{hold.id}/end/"
    for answer in (owner.get(again, follow=True), owner.post(again, follow=True)):
        page = answer.content.decode()
        assert "The hold on production › web › web-1 was ended by auditor, 20" in page
    assert AuditEntry.objects.filter(action=actions.HOLD_WRITE).count() == 2, "ended once"
    assert client_of("auditor").get(again).status_code == 403
    assert client_of("stranger").get(again).status_code == 404


def test_a_hold_reaches_what_lies_below_its_scope_and_nothing_beside_it(world: World) -> None:
    def held(resource: object) -> bool:
        hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=resource, reason="x")  # type: ignore[arg-type]
        found = on_hold(world.contoso.id, world.vm.scope_key) == hold
        end_hold(by=SYSTEM, hold=hold)
        return found

    above = [world.vm, world.group, world.subscription, world.contoso]
    assert [held(one) for one in above] == [True] * 4
    assert [held(one) for one in (world.other_vm, world.storage)] == [False, False]
    assert on_hold(world.fabrikam.id, world.foreign_vm.scope_key) is None


def test_a_hold_can_be_ended_after_its_machine_was_removed(world: World, owner: Client) -> None:
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    world.vm.delete()
    assert owner.post(f"/records/holds/{hold.id}/end/").status_code == 302
    assert LegalHold.objects.get().ended_at is not None


def test_old_sessions_go_by_their_tenants_time_and_that_is_recorded(world: World) -> None:
    session(world)
    session(world, world.foreign_vm, days=50)
    younger = session(world, days=50)
    Retention.objects.create(tenant=world.contoso, session_days=100)
    Retention.objects.create(tenant=world.fabrikam, session_days=10)
    assert prune_sessions(by=SYSTEM) == 2
    assert list(ConsoleSession.objects.all()) == [younger]
    told = AuditEntry.objects.filter(action=actions.SESSION_EXPIRE)
    assert {one.chain.tenant: one.details["sessions"] for one in told} == {
        world.contoso: 1,
        world.fabrikam: 1,
    }


def test_sessions_of_what_is_on_hold_stay_and_those_of_others_go(world: World) -> None:
    held = session(world)
    session(world, world.other_vm)
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    assert prune_sessions(by=SYSTEM) == 1
    assert list(ConsoleSession.objects.all()) == [held]
    end_hold(by=SYSTEM, hold=hold)
    whole = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.contoso, reason="case 8")
    assert prune_sessions(by=SYSTEM) == 0
    end_hold(by=SYSTEM, hold=whole)
    assert prune_sessions(by=SYSTEM) == 1


def test_sessions_kept_for_ever_stay(world: World) -> None:
    session(world)
    Retention.objects.create(tenant=world.contoso, session_days=None)
    assert prune_sessions(by=SYSTEM) == 0


def test_output_is_deleted_for_a_reason_by_whoever_may(world: World, keeper: Client) -> None:
    path = f"/records/erase{world.vm.scope}"
    assert path in text(keeper, "/records/?q=web-1")
    assert "This field is required" in keeper.post(path, {"reason": " "}).content.decode()
    assert not Erasure.objects.exists()
    page = keeper.post(path, {"reason": "a password was printed"}, follow=True).content.decode()
    assert "a password was printed" in page
    assert Erasure.objects.get().scope == world.vm.scope
    assert AuditEntry.objects.filter(action=actions.LOG_DELETE, outcome="succeeded").exists()


def test_the_right_to_own_is_not_the_right_to_delete_output(world: World, owner: Client) -> None:
    path = f"/records/erase{world.vm.scope}"
    assert path not in text(owner, "/records/?q=web-1")
    assert owner.post(path, {"reason": "x"}).status_code == 403
    assert not Erasure.objects.exists()
    assert AuditEntry.objects.filter(action=actions.LOG_DELETE, outcome="refused").exists()


def test_what_is_on_hold_is_not_deleted_and_the_page_says_why(world: World, keeper: Client) -> None:
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.group, reason="case 7")
    page = keeper.post(f"/records/erase{world.vm.scope}", {"reason": "x"}).content.decode()
    assert "It is on legal hold" in page
    assert not Erasure.objects.exists()


def test_a_shorter_time_that_deletes_is_asked_about_first(world: World, owner: Client) -> None:
    session(world, days=50)
    wanted = {"session_days": 40}
    page = owner.post("/records/", wanted).content.decode()
    assert "1 session is older and is deleted" in page
    assert 'type="hidden" name="session_days" value="40"' in page
    assert not Retention.objects.exists()
    owner.post("/records/", {**wanted, "confirmed": "1"})
    assert Retention.objects.get().session_days == 40
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    assert "is saved" in save(owner, session_days=30), "nothing goes that is on hold"


def test_holds_are_called_by_the_names_of_what_they_are_on(world: World, owner: Client) -> None:
    """Also when the machine is gone: names come from the scope, the subscription's from its row."""
    for resource in (world.vm, world.group, world.subscription, world.contoso):
        put_hold(by=SYSTEM, tenant=world.contoso, resource=resource, reason="case 7")
    world.vm.delete()
    page = text(owner)
    for where in ("production › web › web-1", "production › web", "production", "Contoso"):
        assert f">{where}</td>" in page


def known(client: Client) -> str:
    found = re.search(r'name="known" value="([^"]*)"', text(client))
    assert found
    return found[1]


def test_of_two_who_save_the_second_is_told_and_may_save_again(owner: Client) -> None:
    first, second = known(owner), known(owner)
    assert "is saved" in save(owner, session_days=200, known=first)
    page = save(owner, session_days="", log_days=5, known=second)
    assert "Somebody else saved other times meanwhile" in page
    assert "now: 200" in page
    assert re.search(r'name="log_days"[^>]* value="5"|value="5"[^>]* name="log_days"', page), "what was typed"
    kept = Retention.objects.get()
    assert (kept.session_days, kept.log_days) == (200, None)
    again = re.search(r'name="known" value="([^"]*)"', page)
    assert again
    assert "is saved" in save(owner, session_days=200, log_days=5, known=again[1])
    assert Retention.objects.get().log_days == 5


def test_who_saves_between_a_look_and_a_save_is_not_overwritten(
    owner: Client, client_of: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, seen = client_of("owner"), known(owner)

    def meanwhile(*_given: object) -> str:
        monkeypatch.setattr(views, "what_goes", what_goes)
        assert "is saved" in save(other, session_days=200, known=seen)
        return ""

    monkeypatch.setattr(views, "what_goes", meanwhile)
    page = save(owner, log_days=5, known=seen)
    assert "Somebody else saved other times meanwhile" in page
    assert "now: 200" in page
    kept = Retention.objects.get()
    assert (kept.session_days, kept.log_days) == (200, None)
    assert f'name="known" value="{known_of(kept)}"' in page
    assert "is saved" in save(owner, log_days=5, known=known_of(kept))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_in_the_same_instant_one_is_told(
    world: World, client_of: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory lets no two threads write")
    people, both = [client_of("owner"), client_of("owner")], threading.Barrier(2)
    seen, pages = known(people[0]), []

    def together(*given: Any) -> Any:
        found = what_goes(*given)
        both.wait(20)
        return found

    def saves(client: Client, days: int) -> None:
        try:
            pages.append(save(client, log_days=days, known=seen, confirmed=1))
        finally:
            connection.close()

    monkeypatch.setattr(views, "what_goes", together)
    threads = [
        threading.Thread(target=saves, args=[one, days]) for one, days in zip(people, (5, 6), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted("Somebody else saved other times meanwhile" in page for page in pages) == [False, True]
    assert AuditEntry.objects.filter(action=actions.RETENTION_WRITE).count() == 1


def test_a_shorter_time_says_of_how_many_machines_how_much_goes(world: World, owner: Client) -> None:
    for vm, size in ((world.vm, 3 * 1024), (world.other_vm, 1024)):
        line = vm.ports.get().line_id
        LineArchive.objects.create(
            line_id=line, vm=vm, tenant=vm.tenant, scope=vm.scope, host="local", archived_to=size
        )
        ArchivedPiece.objects.create(
            line_id=line, vm=vm, tenant=vm.tenant, start=0, end=size, first_ms=1, last_ms=2, stored_bytes=9
        )
    page = save(owner, log_days=1).replace("\xa0", " ")
    assert "Output of 2 machines is older and is deleted: 4.0 KB as it was printed." in page
    assert not Retention.objects.exists()
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    page = save(owner, log_days=1).replace("\xa0", " ")
    assert "Output of 1 machine is older and is deleted: 1.0 KB" in page
    end_hold(by=SYSTEM, hold=hold)
    assert "is saved" in save(owner, log_days=1, confirmed="1")


def test_a_shorter_time_of_which_nothing_goes_says_so(owner: Client) -> None:
    nothing = "Nothing is older than that now"
    assert nothing in save(owner, log_days=30)
    assert nothing not in save(owner, log_days=40)
    assert nothing not in save(owner, log_days="")


def test_it_says_when_the_oldest_entry_is_old_enough_to_be_sealed(world: World, owner: Client) -> None:
    assert "Once you choose" in text(owner)
    page = save(owner, session_days=400, seal_after_days=30, seal_account=world.storage.id)
    oldest = AuditEntry.objects.filter(chain__tenant=world.contoso).order_by("seq").first()
    assert oldest
    assert "Once you choose" not in page
    assert f"{oldest.at + timedelta(31):%Y-%m-%d} 00:00" in page


def test_from_a_machines_log_one_gets_there_and_back(
    world: World, keeper: Client, client_of: Browsers
) -> None:
    log = world.vm.boot_diagnostics_url
    for act in ("hold", "erase"):
        path = f"/records/{act}{world.vm.scope}?back=log"
        assert f'href="{path}"' in text(keeper, log)
        assert f'href="{path}"' not in text(client_of("auditor"), log)
        assert f'href="{log}"' in text(keeper, path)
    assert keeper.post(f"/records/erase{world.vm.scope}?back=log", {"reason": "x"})["Location"] == log
    assert keeper.post(f"/records/erase{world.vm.scope}", {"reason": "x"})["Location"] == "/records/"
    assert keeper.post(f"/records/hold{world.vm.scope}?back=log", {"reason": "x"})["Location"] == log
    assert (
        keeper.post(f"/records/hold{world.group.scope}?back=log", {"reason": "x"})["Location"] == "/records/"
    )
