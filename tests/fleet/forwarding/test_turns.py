"""Whoever waited longest is next, however slow the others are."""

import socket

from accounts.models import AuditChain
from portal.fleet.forwarding.jobs import forward_job
from portal.fleet.forwarding.sending import waiting
from portal.fleet.models import ForwardTarget
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
