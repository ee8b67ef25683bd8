"""Sealed files are read back tenant by tenant: one whose store is slow, or whose files are gone, stops no other's."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditChain
from accounts.services.tenants import create_tenant
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import reading
from portal.fleet.sealing.checking import check_seals
from portal.fleet.sealing.jobs import CHECKING
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.services.resources import create_subscription
from tests.fleet.stores.slow import slowed
from tests.world import SYSTEM, World

DRIPS, ASKED, MANY = 37.0, 4.0, 300


@pytest.fixture
def sealed(world: World) -> list[AuditSeal]:
    """Three files whose turn it is; their tenant was asked a moment ago."""
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=40)
    AuditSeal.objects.update(sealed_at=long_ago, checked_at=long_ago, tried_at=long_ago)
    first, *_others = seals = list(AuditSeal.objects.order_by("first_seq"))
    AuditSeal.objects.filter(id=first.id).update(tried_at=now)
    return seals


def neighbour(name: str, like: AuditSeal, *, damaged: bool = False) -> None:
    tenant = create_tenant(by=SYSTEM, name=name, slug=name)
    create_subscription(by=SYSTEM, tenant=tenant, name="all")
    chain, at = AuditChain.objects.get(tenant=tenant), timezone.now() - timedelta(days=90)
    AuditSeal.objects.bulk_create(
        AuditSeal(
            chain=chain, first_seq=number, last_seq=number, first_at=at, last_at=at, last_hash="",
            blob=f"{name}/{number}", stored_bytes=1, sha256="", signature="",
            account=like.account, checked_at=at, tried_at=at, damaged_at=at if damaged else None,
        )
        for number in range(1000, 1000 + MANY)
    )  # fmt: skip
    AuditSeal.objects.filter(chain=chain).update(sealed_at=at)


def checked(seals: list[AuditSeal]) -> list[bool]:
    recent = timezone.now() - timedelta(days=1)
    return [AuditSeal.objects.get(id=seal.id).checked_at > recent for seal in seals]


def run() -> None:
    check_seals(most=1 << 30, seconds=CHECKING)


def test_slow_stores_and_hundreds_of_lost_files_leave_another_its_turn_in_the_next_run(
    sealed: list[AuditSeal], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        neighbour(f"dead{number}", sealed[0])
    neighbour("damaged", sealed[0], damaged=True)
    ours = {seal.blob for seal in sealed}

    def takes(_account: Any, name: str) -> float:
        return 0.1 if name in ours else ASKED if name.startswith("damaged") else DRIPS

    AuditSeal.objects.exclude(blob__in=ours).update(account=None)
    clock = slowed(monkeypatch, takes, reading)
    run()
    assert clock.monotonic() <= CHECKING
    run()
    assert checked(sealed) == [True] * 3
    assert clock.monotonic() <= 2 * CHECKING


def test_a_slow_account_keeps_no_other_of_its_tenant_waiting(
    world: World, sealed: list[AuditSeal], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="slow"
    )
    neighbour("moved", sealed[0])
    AuditSeal.objects.filter(blob__startswith="moved/").update(chain=sealed[0].chain, account=slow)
    slowed(monkeypatch, lambda account, _name: DRIPS if account == slow else 0.1, reading)
    run()
    run()
    assert checked(sealed) == [True] * 3


def test_one_that_takes_too_long_is_last_the_next_time(
    sealed: list[AuditSeal], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def takes(_account: Any, name: str) -> float:
        asked.append(name)
        return DRIPS if name == sealed[1].blob else 0.1

    AuditSeal.objects.filter(id=sealed[1].id).update(tried_at=timezone.now() - timedelta(days=60))
    slowed(monkeypatch, takes, reading)
    run()
    assert asked == [sealed[1].blob]
    run()
    assert checked(sealed) == [True, False, True]
    assert asked[-1] == sealed[1].blob
    assert AuditSeal.objects.get(id=sealed[1].id).damaged_at is None
