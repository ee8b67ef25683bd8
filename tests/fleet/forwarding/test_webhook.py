"""Audit entries to a webhook: in batches, in order, signed as alerts are."""

import json
from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import AuditEntry
from portal.fleet.forwarding import entries
from portal.fleet.forwarding.sending import forward
from portal.fleet.models import ForwardKind, ForwardTarget
from portal.fleet.services.forwarding import add_forward_target
from tests import world as worlds
from tests.fleet.forwarding.test_syslog import again, happen
from tests.fleet.listener import Listener
from tests.fleet.test_alert_delivery import documented
from tests.world import World


def aimed(world: World, listener: Listener) -> tuple[ForwardTarget, str]:
    return add_forward_target(by=worlds.SYSTEM, tenant=world.contoso, kind="webhook", address=listener.url)


def told(listener: Listener) -> list[dict[str, Any]]:
    return [json.loads(body) for _headers, body in listener.got]


def test_entries_arrive_in_order_in_batches_and_signed(
    world: World, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(entries.MOST, ForwardKind.WEBHOOK, 3)
    target, secret = aimed(world, listener)
    made = happen(world, 6, reason="ticket 17")
    assert forward(target.id) == 7
    assert [len(one["entries"]) for one in told(listener)] == [3, 3, 1]
    assert {(one["kind"], one["tenant"]["id"]) for one in told(listener)} == {
        ("audit", str(world.contoso.id))
    }
    arrived = [entry for one in told(listener) for entry in one["entries"]]
    assert [one["seq"] for one in arrived[1:]] == [one.seq for one in made]
    assert (
        arrived[1]["previousHash"]
        == arrived[0]["hash"]
        == AuditEntry.objects.get(id=made[0].id).previous_hash
    )
    assert arrived[1]["details"] == {"reason": "ticket 17"}
    assert arrived[1]["who"]["name"] == "owner"
    headers, body = listener.got[0]
    assert documented("is_from_homeport")(secret, headers["Homeport-Signature"], body)


def test_what_is_refused_is_sent_again_from_the_same_entry(world: World, listener: Listener) -> None:
    target, _secret = aimed(world, listener)
    happen(world, 2)
    listener.status = 503
    assert forward(target.id) == 0
    target.refresh_from_db()
    assert (target.last_error, target.tries) == ("status 503", 1)
    listener.status = 204
    assert again(target) == 3
    first, second = told(listener)
    assert first == second


def test_large_entries_go_in_smaller_batches(
    world: World, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "MOST_BYTES", 10_000)
    target, _secret = aimed(world, listener)
    happen(world, 4, text="x" * 9_000)
    assert forward(target.id) == 5
    assert [len(one["entries"]) for one in told(listener)] == [1, 1, 1, 1, 1]


def test_it_does_not_reach_into_private_networks(
    world: World, listener: Listener, settings: Settings
) -> None:
    target, _secret = aimed(world, listener)
    settings.PRODUCTION = True
    assert forward(target.id) == 0
    target.refresh_from_db()
    assert target.last_error == "no_address"
    assert listener.got == []
