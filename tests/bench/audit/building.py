"""A year of one tenant's audit log, built once: people, machines and outcomes as uneven as in a real one, some of them long gone."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, transaction

from accounts import actions, principals
from accounts.models import AuditChain, AuditEntry, Tenant
from accounts.roles import CONSOLE_AUDITOR
from accounts.services.tenants import create_tenant
from portal.fleet.models import Subscription, VirtualMachine
from portal.fleet.services.resources import create_resource_group, create_subscription
from tests.bench.big_fleet import BY, _person

SIZES = {"sqlite": 1_000_000, "postgresql": 10_000_000}
PEOPLE, SUBSCRIPTIONS, MACHINES_EACH, ADDRESSES = 400, 40, 60, 900
ENDS = datetime(2026, 11, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
DONE = [
    actions.CONNECT,
    actions.DETACH,
    actions.WATCH,
    actions.TAKE_OVER,
    actions.VM_RESTART,
    actions.VM_START,
]
DONE += [actions.LOG_READ, actions.ASSIGNMENT_WRITE, actions.SIGN_IN, actions.SIGN_OUT, actions.AUDIT_READ]
OUTCOMES = ["succeeded"] * 970 + ["refused"] * 25 + ["failed"] * 5
COLUMNS = [
    "chain_id", "seq", "at", "principal_kind", "principal_id", "principal_name", "on_behalf_of", "action", "scope",
    "scope_key", "outcome", "error_code", "address", "request_id", "details", "previous_hash", "hash",
]  # fmt: skip


def size() -> int:
    return SIZES[connection.vendor]


def entries_on() -> int:
    return AuditEntry.objects.filter(chain__tenant__slug="bench-audit").count()


def ready() -> Tenant:
    call_command("migrate", verbosity=0)
    tenant = Tenant.objects.filter(slug="bench-audit").first()
    if tenant is None or AuditChain.objects.get(tenant=tenant).seq < size():
        print(f"Building {size():,} audit entries on {connection.vendor} (once) …", flush=True)
        tenant = tenant or _tenant()
        _fill(tenant)
    return tenant


@transaction.atomic
def _tenant() -> Tenant:
    tenant = create_tenant(by=BY, name="Bench audit", slug="bench-audit")
    machines = []
    for number in range(SUBSCRIPTIONS):
        subscription = create_subscription(by=BY, tenant=tenant, name=f"subscription {number:02}")
        group = create_resource_group(by=BY, subscription=subscription, name="web")
        for each in range(MACHINES_EACH):
            vm = VirtualMachine(
                tenant=tenant,
                subscription=subscription,
                resource_group=group,
                name=f"web-{number:02}-{each:02}",
            )
            vm.scope_key = vm.scope.lower()
            machines.append(vm)
    VirtualMachine.objects.bulk_create(machines)
    _person(tenant, "bench-auditor", CONSOLE_AUDITOR.id, [tenant.scope])
    return tenant


def person(number: int) -> tuple[UUID, str]:
    return UUID(int=number + 1), f"person {number:03}"


def entries(tenant: Tenant) -> Iterator[list[Any]]:
    """What it needs of the database is asked for at once, and not while it is written to."""
    chain = AuditChain.objects.get(tenant=tenant)
    subscriptions = list(Subscription.objects.filter(tenant=tenant).order_by("name"))
    machines = [
        list(
            VirtualMachine.objects.filter(subscription=one).order_by("name").select_related("resource_group")
        )
        for one in subscriptions
    ]
    return _entries(chain, [[vm.scope for vm in of_one] for of_one in machines])


def _entries(chain: AuditChain, scopes: list[list[str]]) -> Iterator[list[Any]]:
    """The first of the people and of the subscriptions are gone since the second month; the others get rarer with their number."""
    chance, total = random.Random(7), size()
    step, began = YEAR / total, ENDS - YEAR
    for number in range(total):
        early = number < total // 6
        of_whom = int(PEOPLE * chance.random() ** 3)
        of_what = int(SUBSCRIPTIONS * chance.random() ** 2)
        if not early:
            of_whom, of_what = of_whom or 1, of_what or 1
        scope = scopes[of_what][int(MACHINES_EACH * chance.random() ** 2)]
        id, name = person(of_whom)
        outcome = OUTCOMES[chance.randrange(1000)]
        yield [
            chain.id, chain.seq + number + 1, began + step * number, principals.USER, id, name, "",
            DONE[chance.randrange(len(DONE))], scope, scope.lower(), outcome, "" if outcome == "succeeded" else "Why",
            f"192.0.{of_whom % 4}.{(of_whom * 7 + of_what) % 225}", f"{number // 2:032x}",
            json.dumps({"session": f"{number:032x}", "mode": "write"}), f"{number:064x}", f"{number + 1:064x}",
        ]  # fmt: skip


def _fill(tenant: Tenant) -> None:
    """Without its indexes, and with them afterwards: so it takes minutes, not an hour."""
    indexes = AuditEntry._meta.indexes
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.remove_index(AuditEntry, index)
    _load(tenant)
    chain = AuditChain.objects.get(tenant=tenant)
    AuditChain.objects.filter(id=chain.id).update(seq=chain.seq + size(), hash=f"{size():064x}")
    print("its indexes …", flush=True)
    with connection.schema_editor() as editor:
        for index in indexes:
            editor.add_index(AuditEntry, index)
    if connection.vendor == "postgresql":  # as its autovacuum does; SQLite is never told to
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _load(tenant: Tenant) -> None:
    table, rows = AuditEntry._meta.db_table, entries(tenant)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({', '.join(COLUMNS)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            into = f"INSERT INTO {table} ({', '.join(COLUMNS)}) VALUES ({', '.join(['?'] * len(COLUMNS))})"
            connection.connection.executemany(into, ([*_for_sqlite(row)] for row in rows))


def _for_sqlite(row: list[Any]) -> Iterator[Any]:
    for value in row:
        if isinstance(value, datetime):
            yield value.replace(tzinfo=None).isoformat(" ", "microseconds")
        else:
            yield value.hex if isinstance(value, UUID) else value
