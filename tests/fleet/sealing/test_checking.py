"""Sealed files are read back in turn: one that is gone or was changed is marked and told of once, until it is whole again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from structlog.testing import capture_logs

from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import checking, jobs
from portal.fleet.sealing.checking import check_seals
from portal.fleet.sealing.expiring import expire_audit
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from tests.fleet.sealing.ages import keep
from tests.world import World

ALL = 1 << 30


@pytest.fixture
def sealed(world: World) -> list[AuditSeal]:
    """Three files whose turn it is, the first one first."""
    seal_audit(tenant_id=world.contoso.id, seconds=60)
    seals = list(AuditSeal.objects.order_by("first_seq"))
    for number, seal in enumerate(seals):
        checked_at = timezone.now() - timedelta(days=40, hours=-number)
        AuditSeal.objects.filter(id=seal.id).update(checked_at=checked_at)
    return seals


def check(most: int = ALL) -> int:
    return check_seals(most=most, seconds=60)


def damaged() -> list[bool]:
    return [seal.damaged_at is not None for seal in AuditSeal.objects.order_by("first_seq")]


def checked() -> list[bool]:
    recent = timezone.now() - timedelta(days=1)
    return [seal.checked_at > recent for seal in AuditSeal.objects.order_by("first_seq")]


def test_it_finds_what_is_gone_and_what_was_changed_and_tells_once(sealed: list[AuditSeal]) -> None:
    gone, changed, _whole = sealed
    store_of(gone.account).delete(gone.blob)
    store_of(changed.account).put(changed.blob, b"something else")
    with capture_logs() as logs:
        check()
        AuditSeal.objects.update(checked_at=timezone.now() - timedelta(days=2))
        check()
    assert damaged() == [True, True, False]
    told = [log["name"] for log in logs if log["event"] == "sealed_file_damaged"]
    assert told == [gone.blob, changed.blob]


def test_one_that_is_whole_again_is_not_called_damaged(sealed: list[AuditSeal]) -> None:
    seal = sealed[1]
    whole = store_of(seal.account).get(seal.blob)
    store_of(seal.account).put(seal.blob, whole[:-1])
    check()
    store_of(seal.account).put(seal.blob, whole)
    assert check() == 0
    AuditSeal.objects.update(checked_at=F("checked_at") - timedelta(days=1))
    check()
    assert damaged() == [False] * 3


def test_it_goes_on_where_the_budget_ended_and_reads_nothing_twice_in_a_month(
    sealed: list[AuditSeal], settings: Settings
) -> None:
    check(most=1)
    assert checked() == [True, False, False]
    check(most=1)
    assert checked() == [True, True, False]
    settings.STORE_CHECK_MIB = 0
    assert jobs.check_seals_job() == 0
    settings.STORE_CHECK_MIB = 1
    assert jobs.check_seals_job() > 0
    assert jobs.check_seals_job() == 0


def test_a_store_that_is_away_says_nothing_about_its_files(
    sealed: list[AuditSeal], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(seal: AuditSeal) -> Any:
        raise StoreTrouble(StoreTrouble.UNREACHABLE)

    monkeypatch.setattr(checking, "open_seal", away)
    assert check() == 0
    assert (damaged(), checked()) == ([False] * 3, [False] * 3)


def test_one_that_retention_deletes_meanwhile_is_not_told_of(
    world: World, sealed: list[AuditSeal], monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(world, audit_days=80)
    real = checking.open_seal

    def expired(seal: AuditSeal) -> Any:
        expire_audit(tenant_id=world.contoso.id, seconds=60)
        return real(seal)

    monkeypatch.setattr(checking, "open_seal", expired)
    with capture_logs() as logs:
        check()
    assert damaged() == [False] * 3
    assert not [log for log in logs if log["event"] == "sealed_file_damaged"]


def test_the_page_names_it(sealed: list[AuditSeal], client_of: Callable[[str], Client]) -> None:
    page = client_of("auditor").get("/records/").content.decode()
    assert "nothing is damaged" in page
    assert sealed[1].blob not in page
    store_of(sealed[1].account).delete(sealed[1].blob)
    check()
    page = client_of("auditor").get("/records/").content.decode()
    assert "nothing is damaged" not in page
    assert sealed[1].blob in page
