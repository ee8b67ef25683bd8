"""What one tenant's store does to the archive's jobs stops nobody else's archive, and no erasure but its own."""

from typing import Any

import pytest
from rq.timeouts import JobTimeoutException

from consoles.archive import deleting, jobs, objects
from consoles.archive.deleting import delete_erased
from consoles.archive.erasing import erase_output
from consoles.archive.objects import Objects, ShareTaken
from consoles.archive.rounds import archive_host
from consoles.models import Erasure
from portal.fleet.models import StorageAccount
from portal.fleet.stores.folder import FolderStore
from tests.consoles.archive.printer import SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import World

pytestmark = pytest.mark.usefixtures("no_hub")


@pytest.fixture
def two_erasures(world: World, printer: Printer) -> list[Erasure]:
    printer.prints(3 * SEGMENT)
    printer.archives()
    owner = world.principal("owner")
    return [erase_output(by=owner, vm=vm, reason="a password") for vm in (world.vm, world.other_vm)]


def fails_for(erasure: Erasure, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    real = deleting._delete

    def delete(one: Erasure, objects: Objects) -> None:
        if one.id == erasure.id:
            raise error
        real(one, objects)

    monkeypatch.setattr(deleting, "_delete", delete)


def done() -> set[Any]:
    return set(Erasure.objects.exclude(stores_done_at=None).values_list("id", flat=True))


@pytest.mark.parametrize("broken", [0, 1])
def test_an_erasure_that_fails_stops_no_other(
    printer: Printer, two_erasures: list[Erasure], monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    fails_for(two_erasures[broken], KeyError("Key"), monkeypatch)
    delete_erased(printer.vm.host, Objects(), 60)
    assert done() == {two_erasures[1 - broken].id}


def test_the_alarm_of_a_worker_ends_them_all(
    printer: Printer, two_erasures: list[Erasure], monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_for(two_erasures[0], JobTimeoutException(), monkeypatch)
    with pytest.raises(JobTimeoutException):
        delete_erased(printer.vm.host, Objects(), 60)


def test_erasures_have_an_end_in_time(printer: Printer, two_erasures: list[Erasure]) -> None:
    delete_erased(printer.vm.host, Objects(), -1)
    assert done() == set()
    delete_erased(printer.vm.host, Objects(), 60)
    assert len(done()) == 2


def test_what_was_printed_is_archived_before_anything_is_erased(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(*_args: object) -> None:
        raise JobTimeoutException

    monkeypatch.setattr(jobs, "delete_erased", too_long)
    printer.prints(3 * SEGMENT)
    with pytest.raises(JobTimeoutException):
        jobs.archive_host_job(printer.vm.host)
    assert printer.archived() == text(0, 2 * SEGMENT)


def test_an_account_has_its_share_of_a_run_and_goes_on_in_the_next(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    printer.prints(4 * SEGMENT)
    with monkeypatch.context() as patched:
        patched.setattr(objects, "SHARE", 0.0)
        row = printer.archives()
    assert (row.archived_to, row.error_code) == (SEGMENT, "")
    assert row.waiting_bytes == 3 * SEGMENT
    assert printer.archives().archived_to == 3 * SEGMENT


def test_of_the_portals_own_store_there_is_no_share(
    world: World, printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects, "SHARE", 0.0)
    one = Objects()
    for account in (None, world.storage):
        one.put(account, "logs/a", b"a")
    assert one.get(None, "logs/a", 1) == b"a"
    with pytest.raises(ShareTaken):
        one.get(world.storage, "logs/a", 1)


def test_all_accounts_of_a_tenant_have_a_share_and_other_tenants_one_of_their_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_another = StorageAccount.objects.create(
        tenant=world.fabrikam,
        subscription=world.foreign_subscription,
        resource_group=world.foreign_group,
        name="theirs",
    )
    more = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="more"
    )
    monkeypatch.setattr(objects, "TENANTS_SHARE", 0.0)
    one = Objects()
    one.put(world.storage, "logs/a", b"a")
    with pytest.raises(ShareTaken):
        one.put(more, "logs/a", b"a")
    one.put(of_another, "logs/a", b"a")
    one.put(None, "logs/a", b"a")


def test_a_line_whose_store_takes_all_the_time_is_not_first_again(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(*_args: object) -> None:
        raise JobTimeoutException

    printer.prints(3 * SEGMENT)
    monkeypatch.setattr(FolderStore, "put", too_long)
    with pytest.raises(JobTimeoutException):
        archive_host(printer.vm.host, Objects(), 60)
    assert printer.row().looked_at
