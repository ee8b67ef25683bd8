"""Killed at any step and run again, the archive loses no byte, has none twice, and leaves no object behind."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as settings_of
from django.db import connection, transaction

from accounts import principals
from consoles.archive import jobs
from consoles.record.packed import Packed
from portal.fleet.models import StorageAccount, VirtualMachine
from tests.consoles.archive.mortal import Killed, dying_at
from tests.consoles.archive.printer import HOUR, KIB, SEGMENT, Printer
from tests.consoles.record.printing import text
from tests.world import World

BY = principals.system("tests")


@contextmanager
def once_more(world: World, tmp_path: Path, settings: Any, number: int) -> Iterator[Printer]:
    """The same beginning, with disks of its own."""
    with transaction.atomic():
        settings.SPOOL, settings.STORES = tmp_path / f"spool{number}", tmp_path / f"stores{number}"
        yield Printer(VirtualMachine.objects.get(id=world.vm.id), settings.SPOOL)
        transaction.set_rollback(True)


def two_accounts_and_a_full_log(world: World, printer: Printer) -> None:
    printer.prints(4 * SEGMENT)
    printer.archives()
    other = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="contosonew"
    )
    printer.limit = 24 * KIB
    VirtualMachine.objects.update(diagnostics_account=other, log_limit_bytes=printer.limit)
    printer.prints(4 * SEGMENT)


def a_small_piece_that_grows(world: World, printer: Printer) -> None:
    printer.now -= HOUR
    printer.prints(512)
    printer.archives()
    printer.prints(512)


def an_erasure_in_the_middle_of_a_piece(world: World, printer: Printer) -> None:
    VirtualMachine.objects.update(power_state="deallocated")
    printer.prints(4 * SEGMENT)
    printer.archives()
    printer.erases(SEGMENT + 700)


@pytest.mark.parametrize(
    "begin", [two_accounts_and_a_full_log, a_small_piece_that_grows, an_erasure_in_the_middle_of_a_piece]
)
def test_killed_at_every_step(
    world: World,
    tmp_path: Path,
    settings: Any,
    begin: Callable[[World, Printer], None],
    no_hub: None,
) -> None:
    for step in count():
        with once_more(world, tmp_path, settings, step) as printer:
            begin(world, printer)
            try:
                with dying_at(step):
                    jobs.archive_host_job(printer.vm.host)
                killed = False
            except Killed:
                killed = True
            read_then = printer.reads()
            assert read_then[1] == text(read_then[0], printer.printed - read_then[0])
            jobs.archive_host_job(printer.vm.host)
            jobs.tidy_host_job(printer.vm.host)
            assert printer.row().lost_bytes == 0
            start, data = printer.reads()
            assert data == text(start, printer.printed - start)
            assert printer.archived() == text(start, printer.row().archived_to - start)
            assert sorted(printer.objects()) == sorted(piece.blob for piece in printer.pieces())
        if not killed:
            break
    assert step > 8, "it is held of the steps that there are"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the database is handed on as a file")
def test_killed_by_the_kernel_again_and_again(printer: Printer, tmp_path: Path) -> None:
    printer.prints(15 * SEGMENT)
    database = tmp_path / "killed.sqlite3"
    with sqlite3.connect(database) as file:
        connection.connection.backup(file)
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "HOMEPORT_VAR": str(tmp_path),
        "HOMEPORT_SPOOL": str(tmp_path / "spool"),
        "HOMEPORT_STORES": str(tmp_path / "stores"),
    }
    ran = subprocess.run(
        [sys.executable, "-m", "tests.consoles.archive.killing", printer.vm.host],
        env=environment,
        cwd=settings_of.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(ran.stdout) > 5, ran.stdout
    rows = sqlite3.connect(database).execute(
        'SELECT start, "end", blob FROM consoles_archivedpiece WHERE state = ? ORDER BY start', ["kept"]
    )
    pieces = (tmp_path / "stores").rglob("logs/*/*")
    files, end = {path.name: path for path in pieces}, 0
    for start, behind, blob in rows:
        assert start == end
        piece = Packed(files.pop(Path(blob).name).read_bytes())
        assert piece.read(start, behind - start) == text(start, behind - start)
        end = behind
    assert end == 14 * SEGMENT
    assert [name for name in files if "-" in name] == []
