"""Pages and the gate over 100,000 VMs: queries, median and 95th percentile of the whole request."""

import statistics
import time
from collections.abc import Callable

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import access, actions, principals, sign_ins
from accounts.models import SignIn, Tenant, User
from accounts.principals import Principal
from portal.fleet.models import VirtualMachine
from tests.bench import big_fleet

PEOPLE = ["bench-owner", "bench-subscriptions", "bench-groups", "bench-one-vm"]
RUNS = 40


def run() -> None:
    tenant = big_fleet.ready()
    print("\n| page | person | queries | median ms | 95 % ms |\n|---|---|---|---|---|")
    for person in PEOPLE:
        client = browser_of(person)
        for label, url in pages(tenant, person):
            queries, times = measure(lambda client=client, url=url: fetch(client, url))
            print(
                f"| {label} | {person} | {queries} | {statistics.median(times):.1f} | {p95(times):.1f} |",
                flush=True,
            )
    gate(tenant)


def pages(tenant: Tenant, person: str) -> list[tuple[str, str]]:
    vm = access.visible_to(
        principal_of(person, tenant), actions.VM_READ, VirtualMachine.objects.order_by("name")
    ).first()
    assert vm is not None
    listing = [
        ("VM list", "/vms/"),
        ("VM list, running, by state", "/vms/?power=running&sort=power_state"),
        ("VM list, searched", "/vms/?q=db-07"),
        ("search", "/search/?q=db-07"),
        ("VM overview", f"/vms/{vm.subscription_id}/{vm.resource_group.name}/{vm.name}/"),
    ]
    if person in ("bench-owner", "bench-subscriptions"):
        listing.append(("access page of a resource group", f"/access{vm.resource_group.scope}"))
        listing.append(("access page of a VM", f"/access{vm.scope}"))
    if person == "bench-owner":
        listing.append(("access page of the tenant", f"/access{tenant.scope}"))
    return listing


def principal_of(person: str, tenant: Tenant) -> Principal:
    user = User.objects.get(username=person)
    return Principal(principals.USER, user.id, user.display_name, tenant.id, address="127.0.0.1")


def browser_of(person: str) -> Client:
    """A signed-in browser; the password check is not what is measured here."""
    user = User.objects.get(username=person)
    sign_in = SignIn.objects.create(user=user, address="127.0.0.1", epoch=user.sign_in_epoch)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[sign_ins.SESSION_KEY] = str(sign_in.id)
    session.create()
    client = Client()
    client.cookies["sessionid"] = session.session_key
    return client


def fetch(client: Client, url: str) -> None:
    answer = client.get(url, headers={"host": "localhost"})
    assert answer.status_code == 200, (url, answer.status_code)


def measure(act: Callable[[], None]) -> tuple[int, list[float]]:
    act()
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured), [timed(act) for _ in range(RUNS)]


def timed(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95) - 1]


def gate(tenant: Tenant) -> None:
    print("\n| one decision of the gate | median µs | 95 % µs |\n|---|---|---|")
    for person in PEOPLE:
        asking = principal_of(person, tenant)
        vm = access.visible_to(
            asking, actions.VM_READ, VirtualMachine.objects.select_related("resource_group")
        ).first()
        assert vm is not None
        times = [timed(lambda: access.decide(asking, actions.CONNECT, vm)) * 1000 for _ in range(500)]  # noqa: B023
        print(f"| {person} | {statistics.median(times):.0f} | {p95(times):.0f} |", flush=True)
