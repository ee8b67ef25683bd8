"""What a machine's pages show of what it is, what is done to it, and who is on its console; and the lists that show the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.roles import CONSOLE_WATCHER, STORAGE_BLOB_DATA_READER
from consoles.models import ConsoleSession
from portal.fleet.models import (
    GuestFacts,
    HealthEvent,
    Operation,
    Screenshot,
    StorageAccount,
    VirtualMachine,
)
from portal.fleet.services.resources import add_vm
from tests.fleet.test_vm_pages import instance_of, names_on
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def operation(
    world: World, person: str = "owner", vm: VirtualMachine | None = None, **fields: Any
) -> Operation:
    by = world.people[person]
    fields = {"kind": "restart", "state": "running", "exclusive": False, **fields}
    return Operation.objects.create(
        vm=vm or world.vm, asked_by_id=by.id, asked_by_name=by.display_name, **fields
    )


def session(world: World, person: str, **fields: Any) -> ConsoleSession:
    by, port = world.people[person], world.vm.ports.get()
    usual = {"mode": "write", "via": "page", "scope": world.vm.scope, "vm_name": "web-1"}
    fields = {**usual, "principal_name": by.display_name, **fields}
    return ConsoleSession.objects.create(
        tenant=world.contoso,
        subscription=world.subscription,
        vm=world.vm,
        line_id=port.line_id,
        principal_kind="User",
        principal_id=by.id,
        **fields,
    )


def in_trouble(vm: VirtualMachine, kind: str = "panic", offset: int | None = None) -> None:
    vm.trouble, vm.trouble_at, vm.trouble_offset = kind, timezone.now() - timedelta(minutes=3), offset
    vm.save()


def test_trouble_is_shown_wherever_a_machine_is_with_the_way_into_its_log(
    world: World, client_of: ClientOf
) -> None:
    in_trouble(world.vm, offset=4711)
    for page in ("/", "/vms/", world.vm.get_absolute_url()):
        shown = client_of("owner").get(page).content.decode()
        assert f'href="{world.vm.console_url}?at=4711"' in shown
        assert "kernel panic" in shown


def test_whoever_may_only_read_is_led_to_the_place_in_the_log(world: World, client_of: ClientOf) -> None:
    in_trouble(world.vm, offset=4711)
    auditor, place = client_of("auditor"), f"{world.vm.boot_diagnostics_url}?at=4711"
    for page in ("/vms/", world.vm.get_absolute_url(), world.vm.boot_diagnostics_url):
        shown = auditor.get(page).content.decode()
        assert f'href="{place}"' in shown
        assert f"{world.vm.console_url}?at=4711" not in shown
    polled = f"{world.vm.get_absolute_url()}machine/"
    assert auditor.get(polled).json()["trouble"]["url"] == place
    console = f"{world.vm.console_url}?at=4711"
    assert client_of("owner").get(polled).json()["trouble"]["url"] == console


def test_the_console_is_offered_to_whoever_may_open_it(world: World, client_of: ClientOf) -> None:
    link, grey = f'href="{world.vm.console_url}"', "None of your roles here allows it."
    for page in (world.vm.get_absolute_url(), world.vm.boot_diagnostics_url, "/vms/?q=web-1"):
        for person in ("owner", "contributor", "watcher"):
            assert link in client_of(person).get(page).content.decode()
        shown = client_of("auditor").get(page).content.decode()
        assert link not in shown
        assert grey in shown
    assert client_of("auditor").get(world.vm.console_url).status_code == 403


def test_trouble_that_a_machine_told_of_itself_leads_to_its_console(
    world: World, client_of: ClientOf
) -> None:
    in_trouble(world.vm)
    assert f'href="{world.vm.console_url}"' in client_of("owner").get("/vms/").content.decode()


def test_the_list_is_narrowed_to_what_is_in_trouble(world: World, client_of: ClientOf) -> None:
    in_trouble(world.vm)
    assert names_on(client_of("owner"), "power=trouble") == ["web-1"]


def test_polling_tells_of_trouble_that_came_and_went(world: World, client_of: ClientOf) -> None:
    client, calm = client_of("owner"), f"{world.vm.id}:running:Succeeded:"
    assert client.get("/vms/states/", {"known": [calm]}).status_code == 204
    in_trouble(world.vm)
    assert b"kernel panic" in client.get("/vms/states/", {"known": [calm]}).content
    assert client.get("/vms/states/", {"known": [f"{calm}panic"]}).status_code == 204


def test_the_newest_trouble_is_first_on_the_dashboard(world: World, client_of: ClientOf) -> None:
    in_trouble(world.windows_vm, "emergency")
    in_trouble(world.vm)
    VirtualMachine.objects.filter(id=world.other_vm.id).update(power_state="unknown")
    shown = client_of("owner").get("/").context["overview"].trouble
    assert [vm.name for vm in shown] == ["web-1", "win-1", "web-2"]


def test_the_overview_shows_what_the_agent_said(world: World, client_of: ClientOf) -> None:
    GuestFacts.objects.create(
        vm=world.vm,
        asked_at=timezone.now(),
        answered_at=timezone.now(),
        os_name="Debian GNU/Linux 12 (bookworm)",
        host_name="<b>web",
        addresses=[["ens3", "10.0.2.15"]],
    )
    page = client_of("owner").get(world.vm.get_absolute_url()).content.decode()
    assert "Debian GNU/Linux 12 (bookworm)" in page
    assert "10.0.2.15" in page
    assert "&lt;b&gt;web" in page


def test_who_is_on_the_console_is_told_to_whoever_may_see_the_port(world: World, client_of: ClientOf) -> None:
    session(world, "contributor")
    session(world, "watcher", mode="watch")
    url = f"{world.vm.get_absolute_url()}people/"
    told = client_of("watcher").get(url).content.decode()
    assert [name in told for name in ("contributor", "watcher", "(you)")] == [True] * 3
    assert client_of("owner").get(url).status_code == 200
    assert client_of("bystander").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404


def test_an_empty_console_tells_who_was_last(world: World, client_of: ClientOf) -> None:
    url = f"{world.vm.get_absolute_url()}people/"
    assert b"Nobody" in client_of("owner").get(url).content
    session(world, "contributor", ended_at=timezone.now())
    told = client_of("owner").get(url).content
    assert b"Nobody" in told
    assert b"contributor" in told


def test_the_names_of_who_is_there_do_not_come_as_markup(world: World, client_of: ClientOf) -> None:
    session(world, "contributor", principal_name="<script>alert(1)</script>")
    told = client_of("owner").get(f"{world.vm.get_absolute_url()}people/").content
    assert b"<script" not in told


def shown(client: Client) -> set[str]:
    return {str(one.id) for one in client.get("/operations/bell/").context["operations"]}


def test_the_bell_lists_what_goes_on_for_whoever_sees_the_machine(world: World, client_of: ClientOf) -> None:
    running = operation(world, "owner")
    elsewhere = operation(world, "owner", world.other_vm)
    assert shown(client_of("owner")) == {str(running.id), str(elsewhere.id)}
    assert shown(client_of("contributor")) == {str(running.id)}
    assert shown(client_of("bystander")) == set()
    assert shown(client_of("stranger")) == set()


def test_the_bell_lists_what_ended_to_whoever_asked_for_it(world: World, client_of: ClientOf) -> None:
    ended = operation(world, "contributor", state="failed", error_code="guest_ignored")
    assert shown(client_of("contributor")) == {str(ended.id)}
    assert shown(client_of("owner")) == set()
    told = client_of("contributor").get("/operations/bell/").content.decode()
    assert "did not shut down in time" in told


def test_the_page_of_operations_lists_one_s_own_and_what_goes_on(world: World, client_of: ClientOf) -> None:
    mine = operation(world, "contributor", state="succeeded")
    others = operation(world, "owner")
    page = client_of("contributor").get("/operations/").context
    assert [one.id for one in page["now"]] == [others.id]
    assert [one.id for one in page["page"].rows] == [mine.id]


def test_a_machine_that_is_no_longer_seen_takes_its_operations_along(
    world: World, client_of: ClientOf
) -> None:
    operation(world, "contributor", world.other_vm, state="succeeded")
    assert client_of("contributor").get("/operations/").context["page"].rows == []


@pytest.mark.parametrize("page", ["/operations/", "/operations/bell/", "people/", "health/", "screenshot/"])
def test_the_new_pages_stay_within_their_queries(
    page: str, world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for person in ("owner", "contributor", "watcher"):
        operation(world, person)
    give(world.people["owner"], world.contoso, STORAGE_BLOB_DATA_READER, world.contoso.scope)
    Screenshot.objects.create(vm=world.vm, taken_at=timezone.now(), png=PNG)
    here = page if page.startswith("/") else f"{world.vm.get_absolute_url()}{page}"
    client = client_of("owner")
    client.get(here)
    with django_assert_max_num_queries(11):
        answer = client.get(here)
    assert answer.status_code == 200
    assert len(answer.content) < 200_000


def test_a_long_list_stays_small(world: World, client_of: ClientOf) -> None:
    for _ in range(60):
        operation(world, "owner", state="failed", error_code="machine_gone", error_message="x" * 300)
    for page in ("/operations/", "/operations/bell/"):
        assert len(client_of("owner").get(page).content) < 200_000


def reads_logs(world: World, person: str) -> None:
    give(world.people[person], world.contoso, STORAGE_BLOB_DATA_READER, world.contoso.scope)


def test_the_picture_is_for_whoever_reads_the_log(world: World, client_of: ClientOf) -> None:
    Screenshot.objects.create(vm=world.vm, taken_at=timezone.now(), png=PNG)
    url = f"{world.vm.get_absolute_url()}screenshot/"
    assert client_of("owner").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404
    reads_logs(world, "owner")
    answer = client_of("owner").get(url)
    assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", PNG)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "private" in answer["Cache-Control"]


def test_where_its_account_admits_nobody_from_there_the_overview_has_a_sentence_in_its_place(
    world: World, client_of: ClientOf
) -> None:
    Screenshot.objects.create(vm=world.vm, taken_at=timezone.now(), png=PNG)
    reads_logs(world, "owner")
    picture = f'src="{world.vm.get_absolute_url()}screenshot/'
    assert picture in client_of("owner").get(world.vm.get_absolute_url()).content.decode()
    StorageAccount.objects.filter(id=world.storage.id).update(default_action="Deny")
    page = client_of("owner").get(world.vm.get_absolute_url()).content.decode()
    assert picture not in page
    assert "Its picture is not shown at the address you come from." in page


def test_a_machine_without_a_picture_has_none(world: World, client_of: ClientOf) -> None:
    reads_logs(world, "owner")
    assert client_of("owner").get(f"{world.vm.get_absolute_url()}screenshot/").status_code == 404
    assert b"No picture of its display" in client_of("owner").get(world.vm.boot_diagnostics_url).content


def test_boot_diagnostics_say_which_right_a_picture_needs(world: World, client_of: ClientOf) -> None:
    page = client_of("owner").get(world.vm.boot_diagnostics_url).content.decode()
    assert "blobs/read" in page
    assert "data-machine-act" not in page
    reads_logs(world, "owner")
    page = client_of("owner").get(world.vm.boot_diagnostics_url).content.decode()
    assert 'data-machine-act="screenshot"' in page


def test_boot_diagnostics_are_read_by_whoever_sees_the_machine_and_changed_by_whoever_may(
    world: World, client_of: ClientOf
) -> None:
    assert client_of("owner").get(world.vm.boot_diagnostics_url).context["form"] is not None
    assert client_of("watcher").get(world.vm.boot_diagnostics_url).context["form"] is None
    before = AuditEntry.objects.count()
    assert client_of("watcher").post(world.vm.boot_diagnostics_url, {"enabled": ""}).status_code == 403
    assert AuditEntry.objects.filter(outcome="refused").exists()
    assert AuditEntry.objects.count() > before
    world.vm.refresh_from_db()
    assert world.vm.boot_diagnostics


def test_health_is_told_newest_first_to_whoever_sees_the_machine(world: World, client_of: ClientOf) -> None:
    now = timezone.now()
    for minutes, state in ((5, "Unavailable"), (1, "Available")):
        at = now - timedelta(minutes=minutes)
        HealthEvent.objects.create(vm=world.vm, at=at, state=state, summary=f"It was {state}.")
    url = f"{world.vm.get_absolute_url()}health/"
    told = client_of("reader").get(url).content.decode()
    assert told.index("It was Available") < told.index("It was Unavailable")
    assert client_of("contributor").get(url).status_code == 200
    assert client_of("bystander").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404


def test_a_row_offers_acts_to_whoever_may_do_any(world: World, client_of: ClientOf) -> None:
    button = f'data-acts-of="{world.vm.get_absolute_url()}"'
    assert button in client_of("owner").get("/vms/").content.decode()
    assert button not in client_of("watcher").get("/vms/").content.decode()


def test_a_scale_set_shows_the_state_power_and_console_of_its_instances(
    world: World, client_of: ClientOf
) -> None:
    instance = instance_of(world)
    in_trouble(instance)
    page = client_of("owner").get(f"/scale-sets/{world.subscription.id}/web/workers/").content.decode()
    assert f'id="state-{instance.id}"' in page
    assert "kernel panic" in page
    assert f'data-acts-of="{instance.get_absolute_url()}"' in page
    assert instance.console_url in page


def test_an_instance_s_pages_are_where_a_machine_s_are(world: World, client_of: ClientOf) -> None:
    instance = instance_of(world)
    give(world.people["stranger"], world.fabrikam, CONSOLE_WATCHER, world.fabrikam.scope)
    for page in ("", "people/", "health/", "boot-diagnostics/"):
        url = f"{instance.get_absolute_url()}{page}"
        assert client_of("owner").get(url).status_code == 200
        assert client_of("stranger").get(url).status_code == 404


def test_an_act_is_called_off_by_whoever_may_do_it(world: World, client_of: ClientOf) -> None:
    running = operation(world, "owner")
    url = f"{world.vm.get_absolute_url()}operations/{running.id}/call-off/"
    assert client_of("watcher").post(url).status_code == 403
    assert client_of("stranger").post(url).status_code == 404
    answer = client_of("contributor").post(url)
    assert answer.status_code == 202
    assert answer.json()["operation"]["sentence"] == "contributor called it off."
    assert AuditEntry.objects.filter(details__stage="called off", principal_name="contributor").exists()
    assert client_of("contributor").post(url).status_code == 409


def test_what_is_under_way_on_the_machine_cannot_be_called_off(world: World, client_of: ClientOf) -> None:
    client = client_of("owner")
    for state, status in (("running", 409), ("waiting", 202), ("succeeded", 409)):
        asked = operation(world, "owner", kind="redeploy", state=state)
        answer = client.post(f"{world.vm.get_absolute_url()}operations/{asked.id}/call-off/")
        assert answer.status_code == status


def test_an_operation_is_called_off_at_its_own_machine_only(world: World, client_of: ClientOf) -> None:
    elsewhere = operation(world, "owner", vm=world.other_vm)
    client = client_of("owner")
    wrong = f"{world.vm.get_absolute_url()}operations/{elsewhere.id}/call-off/"
    assert client.post(wrong).status_code == 404
    right = f"{world.other_vm.get_absolute_url()}operations/{elsewhere.id}/call-off/"
    assert client.post(right).status_code == 202


def test_a_full_list_in_trouble_stays_within_its_bytes_and_queries(
    world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        vm = add_vm(by=SYSTEM, group=world.group, name=f"node-{number}", os="Linux", serial_url="loop://")
        in_trouble(vm, offset=number)
    client = client_of("owner")
    for page in ("/vms/", "/"):
        with django_assert_max_num_queries(12):
            answer = client.get(page)
        assert len(answer.content) < 200_000
