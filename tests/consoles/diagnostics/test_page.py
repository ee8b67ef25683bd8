"""The page around the log: what it shows to whom, and what it says to those who may not read."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from consoles.hub.attaching import TAIL
from consoles.models import ConsoleSession, LineArchive
from portal.fleet.models import Screenshot, SerialPort, StorageAccount
from portal.fleet.services.holds import end_hold, put_hold
from portal.fleet.services.switches import set_boot_diagnostics
from tests.consoles.diagnostics.conftest import MIB, Printed
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
    assert TAIL == MIB, "what a console shows to somebody new"
    assert "and up to 1 MiB of what was printed before" in shown
    assert "each is given without the other" in page(client_of("reader"), world)


def test_who_opened_the_console_is_for_whoever_may_see_sessions(world: World, client_of: ClientOf) -> None:
    attached(world, "contributor", ended=True)
    session = attached(world, "watcher")
    shown = page(client_of("reader"), world)
    assert f'href="/sessions/{session.id}/">watcher' in shown
    assert ">contributor</a>" in shown
    assert "attached now" in shown
    assert f">{session.started_at:%Y-%m-%d %H:%M:%S} UTC<" in shown, "order is seen by seconds"
    assert f"/sessions/{session.id}/" not in page(client_of("contributor"), world)


def asked(client: Client, world: World, **given: str) -> str:
    answer = client.post(
        world.vm.boot_diagnostics_url, {**SETTINGS, "account": str(world.storage.id), **given}
    )
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


def test_without_a_picture_the_log_has_more_room(world: World, client_of: ClientOf) -> None:
    assert "col-xl-3 screen-side" in page(client_of("auditor"), world)


def test_turning_it_off_names_whose_sessions_end_each_once(world: World, client_of: ClientOf) -> None:
    for person in ("watcher", "contributor", "watcher"):
        attached(world, person)
    attached(world, "reader", ended=True)
    owner = client_of("owner")
    assert "These sessions end at once: contributor, watcher (2 windows)." in asked(owner, world)
    ConsoleSession.objects.update(ended_at=timezone.now())
    assert "Nobody is attached now" in asked(owner, world)
    world.vm.refresh_from_db()
    assert world.vm.boot_diagnostics, "nothing is saved before it is confirmed"
    assert asked(owner, world, confirmed="1") == ""
    world.vm.refresh_from_db()
    assert not world.vm.boot_diagnostics


def test_a_smaller_log_says_how_much_goes_and_asks(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"x" * (3 * MIB + 512 * 1024))
    owner, smaller = client_of("owner"), {"enabled": "on", "log_limit_mib": "2"}
    assert "About 1.5 MB of the oldest output of web-1 are deleted" in asked(owner, world, **smaller)
    world.vm.refresh_from_db()
    assert world.vm.log_limit_mib == 16
    assert asked(owner, world, **smaller, confirmed="1") == ""
    world.vm.refresh_from_db()
    assert world.vm.log_limit_mib == 2


def test_a_smaller_log_that_holds_all_there_is_is_not_asked_about(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"x" * MIB)
    assert asked(client_of("owner"), world, enabled="on", log_limit_mib="2") == ""


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


def test_a_legal_hold_keeps_it_on(world: World, client_of: ClientOf) -> None:
    owner, off = client_of("owner"), {**SETTINGS, "account": str(world.storage.id), "confirmed": "1"}
    hold = put_hold(by=SYSTEM, tenant=world.contoso, resource=world.group, reason="case 7")
    told = owner.post(world.vm.boot_diagnostics_url, off).content.decode()
    assert "It is on legal hold: tests put one on production › web." in told
    world.vm.refresh_from_db()
    assert world.vm.boot_diagnostics
    end_hold(by=SYSTEM, hold=hold)
    assert owner.post(world.vm.boot_diagnostics_url, off).status_code == 302
    world.vm.refresh_from_db()
    assert not world.vm.boot_diagnostics


def test_one_that_is_off_may_stay_off_under_a_hold_and_may_be_turned_on(
    world: World, client_of: ClientOf
) -> None:
    set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=False, account=world.storage)
    put_hold(by=SYSTEM, tenant=world.contoso, resource=world.vm, reason="case 7")
    as_it_is = {**SETTINGS, "account": str(world.storage.id)}
    for given in ({**as_it_is, "log_limit_mib": "17"}, {**as_it_is, "log_limit_mib": "17", "enabled": "on"}):
        assert client_of("owner").post(world.vm.boot_diagnostics_url, given).status_code == 302


def test_it_says_plainly_when_it_is_off(world: World, client_of: ClientOf) -> None:
    said = "Nothing that this machine prints is kept now"
    for person in ("reader", "auditor", "owner"):
        assert said not in page(client_of(person), world)
    set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=False, account=world.storage)
    for person in ("reader", "auditor", "owner"):
        assert said in page(client_of(person), world)


def test_where_network_rules_shut_somebody_out_there_is_no_picture_either(
    world: World, client_of: ClientOf
) -> None:
    Screenshot.objects.create(vm=world.vm, taken_at=timezone.now(), png=b"\x89PNG")
    client, picture = client_of("auditor"), f"{world.vm.get_absolute_url()}screenshot/"
    assert f'src="{picture}' in page(client, world)
    assert "col-xl-4 screen-side" in page(client, world)
    assert client.get(picture).status_code == 200
    StorageAccount.objects.update(default_action="Deny", allowed_addresses=["203.0.113.0/24"])
    assert picture not in page(client, world)
    answer = client.get(picture)
    assert answer.status_code == 403
    assert "contosodiag" in answer.content.decode()


def test_it_says_how_much_is_at_risk_while_the_store_does_not_answer(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"x" * 3 * 1024 * 1024)
    archive = LineArchive.objects.create(
        line_id=world.vm.ports.get().line_id,
        vm=world.vm,
        tenant=world.contoso,
        host="local",
        failing_since=timezone.now() - timedelta(hours=2),
        error_code="StorageAccountUnreachable",
    )
    shown = page(client_of("reader"), world).replace("\xa0", " ")
    assert "The storage account does not take the log." in shown
    assert "2 hours" in shown
    assert "3.0 MB wait" in shown
    LineArchive.objects.filter(pk=archive.pk).update(error_code="", failing_since=None)
    assert "does not take the log" not in page(client_of("reader"), world)


def test_what_is_on_the_hosts_disk_alone_is_told_as_it_is_now(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    """Also before a job has looked, and what was printed since."""
    alone = "On the host's disk alone</dt><dd>{}"

    def shown() -> str:
        return page(client_of("reader"), world).replace("\xa0", " ").replace("&#x27;", "'")

    assert alone.format("0 bytes") in shown()
    printed(b"x" * 51 * 1024)
    assert alone.format("51.0 KB") in shown()
    line = world.vm.ports.get().line_id
    row = LineArchive.objects.create(
        line_id=line, vm=world.vm, tenant=world.contoso, host="local", archived_to=11 * 1024
    )
    assert alone.format("40.0 KB") in shown()
    LineArchive.objects.filter(pk=row.pk).update(waiting_bytes=1024)
    type(world.vm).objects.filter(pk=world.vm.pk).update(host="elsewhere")
    assert alone.format("1.0 KB") in shown()
    assert "the host does not answer now" in shown()


def test_a_machine_without_a_port_says_so(world: World, client_of: ClientOf) -> None:
    assert "data-log=" in page(client_of("auditor"), world)
    SerialPort.objects.filter(vm=world.vm).delete()
    shown = page(client_of("auditor"), world)
    assert "No serial port" in shown
    assert "data-log=" not in shown
