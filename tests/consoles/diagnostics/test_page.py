"""The page around the log: what it shows to whom, and what it says to those who may not read."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from consoles.models import ConsoleSession, LineArchive
from portal.fleet.models import Screenshot, SerialPort, StorageAccount
from portal.fleet.services.holds import end_hold, put_hold
from tests.consoles.diagnostics.conftest import Printed
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]
SETTINGS = {
    "enabled": "",
    "account": "",
    "log_limit_mib": "16",
    "log_out_on_detach": "none",
    "logout_string": "",
}


def attached(world: World, person: str, ended: bool = False) -> ConsoleSession:
    principal, port = world.principal(person), world.vm.ports.get()
    return ConsoleSession.objects.create(
        tenant=world.contoso,
        subscription=world.subscription,
        vm=world.vm,
        line_id=port.line_id,
        scope=world.vm.scope,
        vm_name=world.vm.name,
        principal_kind=principal.kind,
        principal_id=principal.id,
        principal_name=principal.name,
        via="browser",
        mode="write",
        ended_at=timezone.now() if ended else None,
    )


def page(client: Client, world: World) -> str:
    answer = client.get(world.vm.boot_diagnostics_url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_log_and_picture_are_for_whoever_may_read_them(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    shown = page(client_of("auditor"), world)
    assert f'data-log="{world.vm.get_absolute_url()}log/"' in shown
    assert "js/diagnostics/page.js" in shown
    for person in ("owner", "contributor", "watcher"):
        assert "data-log=" not in page(client_of(person), world)


def test_others_are_told_which_right_it_takes_and_that_connecting_is_another(
    world: World, client_of: ClientOf
) -> None:
    shown = page(client_of("contributor"), world)
    assert "You may not read what was recorded" in shown
    assert "Storage Blob Data Reader" in shown
    assert "blobServices/containers/blobs/read" in shown
    assert "and you have it" in shown
    assert "each is given without the other" in page(client_of("reader"), world)


def test_who_opened_the_console_is_for_whoever_may_see_sessions(world: World, client_of: ClientOf) -> None:
    attached(world, "contributor", ended=True)
    session = attached(world, "watcher")
    shown = page(client_of("reader"), world)
    assert f'href="/sessions/{session.id}/">watcher' in shown
    assert ">contributor</a>" in shown
    assert "attached now" in shown
    assert f"/sessions/{session.id}/" not in page(client_of("contributor"), world)


def test_turning_it_off_names_whose_sessions_end(world: World, client_of: ClientOf) -> None:
    attached(world, "watcher")
    attached(world, "contributor", ended=True)
    asked = client_of("owner").post(world.vm.boot_diagnostics_url, SETTINGS)
    told = asked.context["form"].errors["confirm_off"][0]
    assert "These sessions end at once: watcher." in told
    ConsoleSession.objects.update(ended_at=timezone.now())
    asked = client_of("owner").post(world.vm.boot_diagnostics_url, SETTINGS)
    assert "Nobody is attached now" in asked.context["form"].errors["confirm_off"][0]


def test_under_a_legal_hold_the_log_gets_neither_less_room_nor_another_place(
    world: World, client_of: ClientOf
) -> None:
    owner = client_of("owner")
    as_it_is = {**SETTINGS, "enabled": "on", "account": str(world.storage.id)}
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.group, reason="case 7")
    smaller, elsewhere = {**as_it_is, "log_limit_mib": "15"}, {**as_it_is, "account": ""}
    for given in (smaller, elsewhere):
        told = owner.post(world.vm.boot_diagnostics_url, given).content.decode()
        assert "It is on legal hold: tests put one on production › web." in told
    assert owner.post(world.vm.boot_diagnostics_url, {**as_it_is, "log_limit_mib": "17"}).status_code == 302
    end_hold(by=SYSTEM, hold=hold)
    assert owner.post(world.vm.boot_diagnostics_url, smaller).status_code == 302


def test_where_network_rules_shut_somebody_out_there_is_no_picture_either(
    world: World, client_of: ClientOf
) -> None:
    Screenshot.objects.create(vm=world.vm, taken_at=timezone.now(), png=b"\x89PNG")
    client, picture = client_of("auditor"), f"{world.vm.get_absolute_url()}screenshot/"
    assert f'src="{picture}' in page(client, world)
    assert client.get(picture).status_code == 200
    StorageAccount.objects.update(default_action="Deny", allowed_addresses=["203.0.113.0/24"])
    assert picture not in page(client, world)
    answer = client.get(picture)
    assert answer.status_code == 403
    assert "contosodiag" in answer.content.decode()


def test_it_says_how_much_is_at_risk_while_the_store_does_not_answer(
    world: World, client_of: ClientOf
) -> None:
    archive = LineArchive.objects.create(
        line_id=world.vm.ports.get().line_id,
        vm=world.vm,
        tenant=world.contoso,
        host="local",
        waiting_bytes=3 * 1024 * 1024,
        failing_since=timezone.now() - timedelta(hours=2),
        error_code="StorageAccountUnreachable",
    )
    shown = page(client_of("reader"), world).replace("\xa0", " ")
    assert "The storage account does not take the log." in shown
    assert "2 hours" in shown
    assert "3.0 MB wait" in shown
    LineArchive.objects.filter(pk=archive.pk).update(error_code="", failing_since=None, waiting_bytes=0)
    assert "does not take the log" not in page(client_of("reader"), world)


def test_a_machine_without_a_port_says_so(world: World, client_of: ClientOf) -> None:
    assert "data-log=" in page(client_of("auditor"), world)
    SerialPort.objects.filter(vm=world.vm).delete()
    shown = page(client_of("auditor"), world)
    assert "No serial port" in shown
    assert "data-log=" not in shown
