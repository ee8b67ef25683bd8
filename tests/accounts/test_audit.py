import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.models import AuditChain, AuditEntry, Tenant
from accounts.models.audit import AppendOnly
from portal.fleet.sealing.verifying import verify
from tests.world import SYSTEM, World


def write(tenant: Tenant, count: int = 1) -> None:
    for number in range(count):
        audit.record(
            by=SYSTEM,
            action="Test/act",
            scope=tenant.scope,
            tenant_id=tenant.id,
            details={"n": number, "wörd": "日本 <b>"},
        )


def test_it_chains_each_tenant_without_a_gap_and_verifies(world: World) -> None:
    write(world.contoso, 3)
    write(world.fabrikam, 2)
    assert list(verify()) == []
    seqs = list(
        AuditEntry.objects.filter(chain__tenant=world.contoso).order_by("seq").values_list("seq", flat=True)
    )
    assert seqs == list(range(1, len(seqs) + 1))


def test_the_platform_has_one_chain(db: None) -> None:
    AuditChain.objects.create(tenant=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditChain.objects.create(tenant=None)


def test_of_two_who_begin_the_platforms_chain_the_second_goes_on_with_the_first_ones(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second looked before the first was done, and saw none."""
    unseen = iter([True])
    get, first = QuerySet.get, QuerySet.first
    AuditChain.objects.create(tenant=None)

    def not_there_yet(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.model is AuditChain and next(unseen, False):
            raise AuditChain.DoesNotExist
        return get(self, *args, **kwargs)

    def nothing_yet(self: Any) -> Any:
        return None if self.model is AuditChain else first(self)

    monkeypatch.setattr(QuerySet, "get", not_there_yet)
    monkeypatch.setattr(QuerySet, "first", nothing_yet)
    audit.record(by=SYSTEM, action="Test/act", scope="/", tenant_id=None)
    assert AuditChain.objects.count() == AuditEntry.objects.count() == 1


def test_an_act_whose_entry_cannot_be_written_is_undone_even_where_somebody_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(entry: AuditEntry) -> str:
        raise OSError

    with transaction.atomic():
        Tenant.objects.filter(id=world.contoso.id).update(name="Renamed")
        with monkeypatch.context() as patched, suppress(OSError):
            patched.setattr(audit, "link", broken)
            write(world.contoso)
    assert Tenant.objects.get(id=world.contoso.id).name != "Renamed"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (
            "UPDATE accounts_auditentry SET principal_name = 'nobody' WHERE chain_id = %s AND seq = 3",
            "changed",
        ),
        ("UPDATE accounts_auditentry SET outcome = 'refused' WHERE chain_id = %s AND seq = 3", "changed"),
        ("DELETE FROM accounts_auditentry WHERE chain_id = %s AND seq = 3", "missing"),
    ],
)
def test_it_names_the_link_that_was_tampered_with(world: World, tamper: str, problem: str) -> None:
    write(world.contoso, 5)
    chain = AuditChain.objects.get(tenant=world.contoso)
    sql(tamper, chain.id)
    assert [(broken.chain, broken.seq, broken.problem) for broken in verify()] == [("Contoso", 3, problem)]


def test_it_notices_that_the_newest_entries_are_gone(world: World) -> None:
    write(world.contoso, 5)
    chain = AuditChain.objects.get(tenant=world.contoso)
    sql("DELETE FROM accounts_auditentry WHERE chain_id = %s AND seq >= %s", chain.id, chain.seq - 1)
    assert [broken.seq for broken in verify()] == [chain.seq - 1]


def test_it_notices_two_entries_swapped(world: World) -> None:
    write(world.contoso, 5)
    chain = AuditChain.objects.get(tenant=world.contoso)
    for before, after in ((2, 9999), (3, 2), (9999, 3)):
        sql(
            "UPDATE accounts_auditentry SET seq = %s WHERE chain_id = %s AND seq = %s",
            after,
            chain.id,
            before,
        )
    assert [broken.seq for broken in verify()] == [2]


def test_it_notices_an_entry_made_without_the_key(world: World, settings: object) -> None:
    write(world.contoso)
    settings.AUDIT_KEY = "somebody else's"  # type: ignore[attr-defined]
    assert [broken.seq for broken in verify() if broken.chain == "Contoso"] == [1]


def test_entries_can_be_neither_changed_nor_deleted_by_code(world: World) -> None:
    write(world.contoso)
    entry = AuditEntry.objects.first()
    assert entry is not None
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.all().delete()
    with pytest.raises(AppendOnly):
        AuditEntry.objects.update(outcome="failed")


def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_gap(world: World) -> None:
    before = AuditEntry.objects.count()

    class Interrupted(Exception):
        pass

    with pytest.raises(Interrupted), transaction.atomic():
        write(world.contoso)
        raise Interrupted
    assert AuditEntry.objects.count() == before
    write(world.contoso)
    assert list(verify()) == []


WRITERS = """
import multiprocessing, sys, django; django.setup()
from accounts import audit, principals
from accounts.models import AuditEntry, Tenant

def prepare():
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    Tenant.objects.create(name="Busy", slug="busy")

def write():
    tenant = Tenant.objects.get(slug="busy")
    for _ in range(10):
        audit.record(by=principals.system("writer"), action="Test/act", scope=tenant.scope, tenant_id=tenant.id)

def judge():
    from portal.fleet.sealing.verifying import verify
    print(AuditEntry.objects.filter(action="Test/act").count(), list(verify()))

for act, processes in ((prepare, 1), (write, 4), (judge, 1)):
    started = [multiprocessing.get_context("fork").Process(target=act) for _ in range(processes)]
    for process in started:
        process.start()
    for process in started:
        process.join()
    if any(process.exitcode for process in started):
        sys.exit(f"{act.__name__} failed")
"""


def own_database(database: Path, copy: Path) -> str:
    """A database beside the tests' own: a file, or on the same real server."""
    if connection.vendor == "sqlite":
        shutil.copy(database, copy)
        return f"sqlite:///{copy}"
    server = urlsplit(os.environ["DATABASE_URL"])
    with psycopg.connect(server.geturl(), autocommit=True) as admin:
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = 'writers'").fetchone():
            admin.execute("CREATE DATABASE writers")
    return f"{server.scheme}://{server.netloc}/writers?{server.query}"


def test_processes_that_write_at_once_leave_no_gap(
    tmp_path: Path, database: Path, transactional_db: None
) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        "HOMEPORT_VAR": str(tmp_path),
        "DATABASE_URL": own_database(database, tmp_path / "homeport.sqlite3"),
    }
    command = [sys.executable, "-c", WRITERS]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.strip()) == (0, "40 []"), ran.stderr
