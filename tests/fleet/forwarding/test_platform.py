"""The platform's own chain goes to targets of its own: what belongs to no tenant, and nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import AuditChain, AuditEntry, Tenant
from portal.fleet.forwarding.selectors import targets_of, targets_of_platform
from portal.fleet.forwarding.sending import forward, waiting
from portal.fleet.models import ForwardTarget
from portal.fleet.services.forwarding import add_forward_target, try_forward_target
from tests import world as worlds
from tests.fleet.forwarding.receiver import fields_of, receiving
from tests.fleet.forwarding.test_syslog import again, happen
from tests.fleet.listener import Listener, listening
from tests.world import World


def aimed(tenant: Tenant | None, listener: Listener) -> ForwardTarget:
    return add_forward_target(by=worlds.SYSTEM, tenant=tenant, kind="webhook", address=listener.url)[0]


def fail_to_sign_in(name: str = "owner") -> None:
    Client().post("/sign-in/", {"username": name, "password": "wrong"})


def told(listener: Listener) -> list[dict[str, Any]]:
    return [json.loads(body) for _headers, body in listener.got]


def hashes(listener: Listener) -> list[str]:
    return [entry["hash"] for one in told(listener) for entry in one["entries"]]


def kept(tenant: Tenant | None, after: int) -> list[str]:
    chain = AuditChain.objects.get(tenant=tenant)
    return list(chain.entries.filter(seq__gt=after).order_by("seq").values_list("hash", flat=True))


def test_each_target_gets_all_of_its_own_chain_and_nothing_of_another(world: World) -> None:
    with listening() as platforms, listening() as contosos, listening() as fabrikams:
        chains: list[tuple[Tenant | None, Listener]] = [
            (None, platforms), (world.contoso, contosos), (world.fabrikam, fabrikams),
        ]  # fmt: skip
        targets = [aimed(tenant, listener) for tenant, listener in chains]
        for _ in range(3):
            fail_to_sign_in()
            happen(world)
        for target, (tenant, listener) in zip(targets, chains, strict=True):
            assert forward(target.id) == len(hashes(listener))
            assert hashes(listener) == kept(tenant, target.done_seq)
            names = {one["tenant"] and one["tenant"]["name"] for one in told(listener)}
            assert names == {tenant.slug if tenant else None}
        assert [len(hashes(one)) for _tenant, one in chains] == [4, 4, 1]


def test_what_happens_in_one_chain_wakes_only_its_own_targets(world: World, listener: Listener) -> None:
    platforms, contosos = aimed(None, listener), aimed(world.contoso, listener)
    forward(platforms.id)
    forward(contosos.id)
    assert waiting(10) == []
    happen(world)
    assert waiting(10) == [contosos.id]
    assert [one.waiting for one in targets_of_platform()] == [0]
    forward(contosos.id)
    fail_to_sign_in()
    assert waiting(10) == [platforms.id]
    assert [one.waiting for one in targets_of(world.contoso)] == [0]
    assert [one.waiting for one in targets_of_platform()] == [1]


def test_a_sign_in_that_failed_arrives_by_syslog_without_a_tenant(world: World, tmp_path: Path) -> None:
    with receiving(tmp_path) as receiver:
        target, _secret = add_forward_target(
            by=worlds.SYSTEM, tenant=None, kind="syslog", address=receiver.address,
            authority=receiver.authority,
        )  # fmt: skip
        fail_to_sign_in()
        assert forward(target.id) == 2
        assert try_forward_target(by=worlds.SYSTEM, target=target) == ""
    added, failed, test = map(fields_of, receiver.messages)
    assert (added["action"], added["scope"]) == (actions.FORWARDING_WRITE, "/platform/forwarding")
    assert (failed["action"], failed["outcome"]) == (actions.SIGN_IN, "refused")
    assert json.loads(failed["details"]) == {"user": "owner"}
    assert not any("tenant" in one for one in (added, failed, test))


def test_what_is_refused_waits_and_is_sent_again_from_the_same_entry(
    world: World, listener: Listener
) -> None:
    target = aimed(None, listener)
    fail_to_sign_in()
    listener.status = 503
    before = timezone.now()
    assert forward(target.id) == forward(target.id) == 0
    target.refresh_from_db()
    assert target.next_try_at
    assert (target.last_error, 30 <= (target.next_try_at - before).total_seconds() < 35) == (
        "status 503",
        True,
    )
    listener.status = 204
    assert again(target) == 2
    first, second = told(listener)
    assert first == second


def test_an_address_is_added_once_and_the_number_of_targets_is_bounded(world: World) -> None:
    def add(address: str, tenant: Tenant | None = None) -> None:
        add_forward_target(by=worlds.SYSTEM, tenant=tenant, kind="syslog", address=address)

    add("logs.example")
    add("logs.example", world.contoso)
    with pytest.raises(ValidationError):
        add("logs.example")
    with pytest.raises(IntegrityError), transaction.atomic():
        ForwardTarget.objects.create(tenant=None, kind="syslog", address="logs.example:6514")
    for number in range(1, ForwardTarget.MOST):
        add(f"logs{number}.example")
    with pytest.raises(ValidationError, match="The platform has at most 5 targets"):
        add("more.example")
    add("more.example", world.contoso)
    assert AuditEntry.objects.filter(chain__tenant=None, action=actions.FORWARDING_WRITE).count() == 5
