"""Tickets: good once, for a minute, for one machine, in one mode, and never for longer than what they were got with."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from redis import Redis

from accounts import actions, sign_ins
from accounts.decisions import NotVisible, Refused
from accounts.models import AuditEntry, SignIn
from accounts.principals import Principal
from accounts.secrets import hash_of
from consoles.admission.tickets import PREFIX, NotReady, issue_ticket, redeem
from consoles.models import ConsoleSession
from consoles.selectors import readiness
from consoles.threads import in_thread
from consoles.wire import Close, Op
from portal.fleet.models import VirtualMachine
from tests.consoles.live.browser import Browser
from tests.consoles.live.conftest import Stage
from tests.world import SYSTEM, World

pytestmark = pytest.mark.django_db(transaction=True)


def signed_in(world: World, person: str) -> Principal:
    sign_in = SignIn.objects.create(user=world.people[person])
    return replace(world.principal(person), sign_in_id=sign_in.id)


def ticket(world: World, person: str = "owner", vm: VirtualMachine | None = None, mode: str = "write") -> str:
    return issue_ticket(by=signed_in(world, person), vm=vm or world.vm, mode=mode)


async def comes_with(stage: Stage, text: str, vm: VirtualMachine | None = None, **query: Any) -> Browser:
    return stage.made([(b"host", b"testserver")], vm, ticket=text, via="rest", **query)


async def test_it_opens_once_without_cookie_or_origin(stage: Stage, redis: Redis) -> None:
    device = await stage.attach_device()
    text = await in_thread(ticket, stage.world)
    first, second = await comes_with(stage, text), await comes_with(stage, text)
    assert await first.open()
    await first.until(Op.ATTACHED)
    first.type(b"hello\r")
    await device.hears(b"hello\r")
    assert not await second.open()
    assert second.refused == Close.SIGNED_OUT
    session = await in_thread(ConsoleSession.objects.get)
    assert (session.principal_name, session.via) == ("owner", "rest")


async def test_of_two_who_come_at_once_one_gets_in(stage: Stage, redis: Redis) -> None:
    text = await in_thread(ticket, stage.world)
    several = [await comes_with(stage, text) for _ in range(5)]
    assert sorted(await asyncio.gather(*(one.open() for one in several))) == [False] * 4 + [True]


def test_of_two_threads_that_redeem_it_at_once_one_does(world: World, redis: Redis, settings: Any) -> None:
    """Redis itself decides, whichever web process asks: renewing the principal is left out of the race."""
    text = ticket(world)
    with ThreadPoolExecutor(8) as threads:
        taken = list(
            threads.map(lambda _: Redis.from_url(settings.REDIS_URL).getdel(PREFIX + hash_of(text)), range(8))
        )
    assert len([one for one in taken if one is not None]) == 1


@pytest.mark.parametrize("wrong", ["vm", "mode"])
async def test_for_another_machine_or_mode_it_is_spent_in_vain(
    stage: Stage, redis: Redis, wrong: str
) -> None:
    text = await in_thread(ticket, stage.world)
    elsewhere = stage.world.windows_vm if wrong == "vm" else None
    query = {"mode": "watch"} if wrong == "mode" else {}
    refused = await comes_with(stage, text, elsewhere, **query)
    assert not await refused.open()
    assert refused.refused == Close.REFUSED
    assert not await (await comes_with(stage, text)).open()
    fresh = await in_thread(ticket, stage.world)
    assert await (await comes_with(stage, fresh)).open()


async def test_it_dies_with_the_sign_in_it_was_got_with(stage: Stage, redis: Redis) -> None:
    one, other = await in_thread(ticket, stage.world), await in_thread(ticket, stage.world)
    assert await (await comes_with(stage, one)).open()
    await in_thread(sign_ins.end_everywhere, stage.world.people["owner"], by=SYSTEM, reason="tests")
    refused = await comes_with(stage, other)
    assert not await refused.open()
    assert refused.refused == Close.SIGNED_OUT


async def test_rights_are_asked_again_when_it_is_used(stage: Stage, redis: Redis) -> None:
    text = await in_thread(ticket, stage.world)
    await in_thread(stage.world.vm.ports.update, enabled=False)
    refused = await comes_with(stage, text)
    assert not await refused.open()
    assert refused.refused == Close.SWITCHED_OFF


async def test_without_redis_nobody_comes_in_by_ticket(stage: Stage, settings: Any) -> None:
    settings.REDIS_URL = f"unix://{stage.host.folder / 'none.sock'}"
    refused = await comes_with(stage, "hpc_whatever")
    assert not await refused.open()
    assert refused.refused == Close.RESTARTING


def test_it_is_kept_hashed_and_for_a_minute_at_most(world: World, redis: Redis) -> None:
    text = ticket(world)
    [kept] = redis.keys("*")
    assert text not in kept.decode() + redis.get(kept).decode()
    assert 0 < redis.ttl(kept) <= 60
    redis.expire(kept, 0)
    assert redeem(text, address="", request_id="") is None
    assert redeem(ticket(world), address="", request_id="") is not None


def test_getting_one_is_asked_of_the_gate_and_recorded(world: World, redis: Redis) -> None:
    with pytest.raises(NotVisible):
        ticket(world, "stranger")
    for person, mode, action in [
        ("reader", "write", actions.CONNECT),
        ("reader", "watch", actions.WATCH),
        ("watcher", "write", actions.CONNECT),
    ]:
        with pytest.raises(Refused) as refused:
            ticket(world, person, mode=mode)
        assert refused.value.decision.action == action
    with pytest.raises(NotReady):
        ticket(world, vm=world.other_vm)
    assert redis.keys("*") == []
    text = ticket(world, "watcher", mode="watch")
    entry = AuditEntry.objects.get(action=actions.TICKET)
    assert (entry.principal_name, entry.scope, entry.details) == (
        "watcher",
        world.vm.scope,
        {"mode": "watch"},
    )
    assert text not in str(list(AuditEntry.objects.values_list("details", flat=True)))


def test_what_kind_of_principal_comes_is_not_believed_of_redis(world: World, redis: Redis) -> None:
    """The system itself may do everything: nobody becomes it by writing there."""
    text = ticket(world, "stranger", world.foreign_vm)
    key = PREFIX + hash_of(text)
    redis.set(
        key, json.dumps({**json.loads(str(redis.get(key), "ascii")), "kind": SYSTEM.kind, "vm": world.vm.id})
    )
    bound = redeem(text, address="", request_id="")
    assert bound is not None
    assert bound.principal.kind == world.principal("stranger").kind
    with pytest.raises(NotVisible):
        readiness(bound.principal, world.vm)


def test_a_system_without_proof_gets_a_ticket_that_opens_nothing(world: World, redis: Redis) -> None:
    text = issue_ticket(by=world.principal("owner"), vm=world.vm, mode="write")
    assert redeem(text, address="", request_id="") is None
