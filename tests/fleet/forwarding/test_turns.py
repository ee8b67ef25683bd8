"""Whoever waited longest is next, however slow the others are."""

import socket

import pytest
from django.utils import timezone

from accounts import audit
from accounts.models import AuditChain, Tenant
from portal.fleet.forwarding import entries, sending
from portal.fleet.forwarding.jobs import forward_job
from portal.fleet.forwarding.sending import waiting
from portal.fleet.models import ForwardKind, ForwardTarget
from portal.fleet.services.forwarding import add_forward_target
from tests import world as worlds
from tests.fleet.forwarding.test_syslog import happen
from tests.fleet.listener import Listener
from tests.world import World


def add(world: World, kind: str, address: str) -> ForwardTarget:
    return add_forward_target(by=worlds.SYSTEM, tenant=world.contoso, kind=kind, address=address)[0]


def test_those_that_never_catch_up_keep_no_other_waiting(world: World, listener: Listener) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    dead = [add(world, "syslog", f"127.0.0.{number}:{port}").id for number in (1, 2, 3)]
    webhook = add(world, "webhook", listener.url)
    for rounds in (1, 2):
        happen(world)
        for _ in range(4):
            forward_job()
            ForwardTarget.objects.update(next_try_at=None)  # as when their time has come
        assert len(listener.got) == rounds
        webhook.refresh_from_db()
        assert webhook.done_seq == AuditChain.objects.get(tenant=world.contoso).seq
    assert waiting(2) == dead[:2]
    assert forward_job() == 0
    ForwardTarget.objects.update(next_try_at=None)
    assert waiting(10) == [*dead[1:], dead[0]]


def test_where_nobody_is_behind_a_job_does_nothing(world: World) -> None:
    assert forward_job() == 0


class Slow:
    """Takes the place of the clock, and of what is sent: contoso's webhooks answer after 4.9 seconds, others at once."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.taken = 0.0, ""
        monkeypatch.setattr(sending, "time", self)
        monkeypatch.setattr(sending, "deliver", self.deliver)
        monkeypatch.setitem(entries.MOST, ForwardKind.WEBHOOK, 1)

    def monotonic(self) -> float:
        return self.now

    def deliver(self, target: ForwardTarget, _batch: object) -> None:
        self.taken += target.address.removeprefix("https://")[0]
        self.now += 4.9 if target.tenant and target.tenant.slug == "contoso" else 0.1


def aim(tenant: Tenant | None, *names: str) -> None:
    for name in names:
        address = f"https://{name}.example/"
        add_forward_target(by=worlds.SYSTEM, tenant=tenant, kind="webhook", address=address)


def test_others_wait_for_one_turn_of_a_chain_however_many_slow_targets_it_has(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    aim(world.contoso, "a", "b", "c", "d", "e")
    happen(world, 50)
    aim(world.fabrikam, "f")
    aim(None, "p")
    slow = Slow(monkeypatch)
    for _ in range(2):
        for tenant_id in (world.fabrikam.id, None):
            audit.record(by=worlds.SYSTEM, action="Homeport.Test/write", scope="/", tenant_id=tenant_id)
        for _ in range(4):
            forward_job()
    assert slow.taken == "aaffppbb" + "fpccdd"


def test_a_chain_of_which_somebody_sends_just_now_has_its_turn(world: World) -> None:
    aim(world.contoso, "a", "b")
    aim(world.fabrikam, "f")
    free, other = (
        ForwardTarget.objects.get(address__contains="a."),
        ForwardTarget.objects.get(tenant=world.fabrikam),
    )
    assert waiting(1) == [free.id]
    ForwardTarget.objects.filter(id=free.id).update(claimed_until=timezone.now() + sending.CLAIM)
    assert waiting(1) == [other.id]
