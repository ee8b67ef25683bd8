"""The audit page, an export and one more entry, in a year of a tenant's audit log: the whole request each time."""

import statistics
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from django.db import connection, transaction
from django.test import Client
from django.utils.http import urlencode

from accounts import actions, audit
from accounts.audit_selectors import Filters
from accounts.models import Tenant
from portal.fleet.models import Subscription, VirtualMachine
from portal.fleet.review.walking import Wanted, stretches
from portal.fleet.review.writing import lines
from tests.bench.audit.building import ENDS, entries_on, person, ready
from tests.bench.big_fleet import BY
from tests.bench.fleet import browser_of, fetch, measure, p95, timed

EXPORTED = 200_000


def run() -> None:
    tenant = ready()
    client = browser_of("bench-auditor")
    kept = entries_on()
    print(
        f"\n{connection.vendor}: {kept:,} entries\n\n| first page, filtered by | queries | median ms | 95 % ms |"
    )
    print("|---|---|---|---|")
    for label, query in queries(tenant).items():
        _show(client, label, f"/activity{tenant.scope}?{urlencode(query)}")
    group = VirtualMachine.objects.select_related("resource_group").get(name="web-03-05").resource_group
    _show(client, "nothing, at a resource group", f"/activity{group.scope}")
    _show(client, "nothing: the picture", f"/audit/timeline{tenant.scope}")
    print("\n| | |\n|---|---|")
    _insert(tenant)
    _export(tenant)


def queries(tenant: Tenant) -> dict[str, dict[str, str]]:
    busy, gone, rare = (str(person(number)[0]) for number in (1, 0, 390))
    vm = VirtualMachine.objects.get(name="web-03-05").scope
    old = VirtualMachine.objects.get(name="web-00-50").scope
    first, last = (Subscription.objects.get(tenant=tenant, name=f"subscription {n}") for n in ("00", "39"))
    since = ENDS - timedelta(days=200)
    month = {"since": f"{since:%Y-%m-%dT%H:%M}", "until": f"{since + timedelta(days=30):%Y-%m-%dT%H:%M}"}
    return {
        "nothing": {},
        "a busy person": {"who": busy},
        "a person who left long ago": {"who": gone},
        "a person who is rarely there": {"who": rare},
        "a name": {"who": "person 001"},
        "a part of a name": {"who": "person 00"},
        "a machine": {"machine": "web-03-05"},
        "a machine that is gone": {"machine": old},
        "a subscription": {"subscription": str(last.id)},
        "a subscription that is gone": {"subscription": str(first.id)},
        "action family": {"family": "Microsoft.Storage/"},
        "action family without entries": {"family": "Microsoft.Network/"},
        "refused": {"outcome": "refused"},
        "failed": {"outcome": "failed"},
        "succeeded": {"outcome": "succeeded"},
        "address": {"address": "192.0.1.8"},
        "request": {"request": f"{12345:032x}"},
        "a month": month,
        "person, machine and month": {"who": busy, "machine": vm, **month},
        "name, machine and month": {"who": "person 001", "machine": "web-03-05", **month},
    }


def _show(client: Client, label: str, url: str) -> None:
    count, times = measure(lambda: fetch(client, url))
    print(f"| {label} | {count} | {statistics.median(times):.1f} | {p95(times):.1f} |", flush=True)


def _insert(tenant: Tenant) -> None:
    def one() -> None:
        audit.record(by=BY, action=actions.VM_READ, scope=tenant.scope, tenant_id=tenant.id)

    with transaction.atomic():
        times = [timed(one) for _ in range(300)][50:]
        transaction.set_rollback(True)
    print(
        f"| one more entry, ms (median, 95 %) | {statistics.median(times):.2f}, {p95(times):.2f} |",
        flush=True,
    )


def _export(tenant: Tenant) -> None:
    for form in ("csv", "jsonl"):
        seconds = _seconds(lambda form=form: _write(tenant, form))  # type: ignore[misc]
        print(f"| export as {form}, entries a second | {EXPORTED / seconds:,.0f} |", flush=True)


def _write(tenant: Tenant, form: str) -> None:
    rows = 0
    for stretch in stretches(Wanted(tenant, tenant.scope, Filters()), 20_000):
        rows += lines(form, stretch.entries).count(b"\n")
        if rows >= EXPORTED:
            return


def _seconds(act: Callable[[], None]) -> float:
    start = perf_counter()
    act()
    return perf_counter() - start
