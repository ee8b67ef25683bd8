"""Alerts on their way: over real HTTP to a server on loopback, signed, tried again, given up; and never into private networks."""

import json
import socket
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import Settings
from redis import Redis
from rq import Queue

from portal.fleet.alerts import delivering, jobs
from portal.fleet.models import Alert, AlertTarget
from portal.fleet.services.alerts import add_alert_target, switch_alert_target
from portal.fleet.services.sightings import record_sighting
from portal.fleet.targets import failures, turns, webhooks
from portal.fleet.targets.failures import NotDelivered
from tests import world as worlds
from tests.fleet.listener import Listener
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]


def aimed(world: World, address: str, kind: str = "webhook") -> tuple[AlertTarget, str]:
    return add_alert_target(by=worlds.SYSTEM, tenant=world.contoso, kind=kind, address=address)


def panic(world: World, offset: int = 4096) -> Alert:
    record_sighting(vm=world.vm, line_id=uuid4(), kind="panic", offset=offset, at=timezone.now())
    return Alert.objects.latest("made_at")


def documented(name: str) -> Any:
    """What the documentation gives people to check signatures with."""
    example = (ROOT / "docs" / "alerts.md").read_text().partition("```python\n")[2].partition("```")[0]
    namespace: dict[str, Any] = {}
    exec(example, namespace)
    return namespace[name]


def test_a_webhook_gets_what_was_seen_and_a_signature_it_can_check(world: World, listener: Listener) -> None:
    target, secret = aimed(world, listener.url)
    alert = panic(world)
    assert delivering.deliver(alert.id)
    ((headers, body),) = listener.got
    said = json.loads(body)
    assert said.pop("at").endswith("Z")
    assert said == {
        "id": str(alert.id),
        "kind": "panic",
        "vm": {"id": world.vm.scope, "name": "web-1", "powerState": "running"},
        "port": 0,
        "offset": 4096,
        "url": f"https://localhost:8443{world.vm.get_absolute_url()}",
    }
    is_from_homeport = documented("is_from_homeport")
    assert is_from_homeport(secret, headers["Homeport-Signature"], body)
    assert not is_from_homeport(secret, headers["Homeport-Signature"], body + b" ")
    assert not is_from_homeport("another", headers["Homeport-Signature"], body)
    assert not is_from_homeport(secret, webhooks.signature(secret, body, 1_000_000_000), body)
    alert.refresh_from_db()
    target.refresh_from_db()
    assert alert.delivered_at
    assert target.last_ok_at
    assert not delivering.deliver(alert.id), "what has arrived is not sent again"
    assert len(listener.got) == 1


def test_a_mail_names_the_machine_and_leads_to_it(world: World) -> None:
    aimed(world, "ops@contoso.example", kind="email")
    assert delivering.deliver(panic(world).id)
    (sent,) = mail.outbox
    assert sent.to == ["ops@contoso.example"]
    assert sent.subject == "web-1: kernel panic"
    assert world.vm.scope in sent.body
    assert f"https://localhost:8443{world.vm.get_absolute_url()}" in sent.body


def test_what_fails_is_tried_again_later_and_later_for_a_day(world: World, listener: Listener) -> None:
    target, _secret = aimed(world, listener.url)
    alert, listener.status = panic(world), 503
    for pause in (30, 60, 120):
        before = timezone.now()
        assert not delivering.deliver(alert.id)
        alert.refresh_from_db()
        assert alert.next_try_at
        assert pause <= (alert.next_try_at - before).total_seconds() < pause + 5
        assert not delivering.deliver(alert.id), "not before its time"
        Alert.objects.update(next_try_at=before)
        AlertTarget.objects.update(last_error_at=before - timedelta(minutes=1))
    assert (alert.tries, alert.last_error) == (3, "status 503")
    assert failures.pause_after(9) == timedelta(hours=1)
    Alert.objects.update(made_at=timezone.now() - timedelta(days=1))
    assert not delivering.deliver(alert.id)
    alert.refresh_from_db()
    target.refresh_from_db()
    assert alert.given_up_at
    assert delivering.waiting(10) == 0
    assert target.last_error == "status 503"


def test_a_target_that_just_failed_keeps_no_others_waiting(world: World, listener: Listener) -> None:
    aimed(world, listener.url)
    listener.status = 500
    first = panic(world)
    record_sighting(vm=world.vm, line_id=uuid4(), kind="fsck", offset=1, at=timezone.now())
    second = Alert.objects.exclude(id=first.id).get()
    assert not delivering.deliver(first.id)
    assert not delivering.deliver(second.id)
    second.refresh_from_db()
    assert (len(listener.got), second.tries) == (1, 0)


def test_what_was_due_first_comes_first(world: World, listener: Listener) -> None:
    aimed(world, listener.url)
    first = panic(world)
    record_sighting(vm=world.vm, line_id=uuid4(), kind="fsck", offset=1, at=timezone.now())
    second = Alert.objects.exclude(id=first.id).get()
    assert delivering.next_alert() == first.id
    Alert.objects.filter(id=first.id).update(next_try_at=timezone.now())
    assert delivering.next_alert() == second.id


def test_what_was_given_up_during_a_try_stays_given_up(
    world: World, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, _secret = aimed(world, listener.url)
    alert = panic(world)

    def turned_off_and_on(*_told: object) -> None:
        for enabled in (False, True):
            switch_alert_target(by=worlds.SYSTEM, target=target, enabled=enabled)
        raise NotDelivered(failures.SILENT)

    monkeypatch.setattr(delivering, "send", turned_off_and_on)
    assert not delivering.deliver(alert.id)
    alert.refresh_from_db()
    assert alert.given_up_at
    assert alert.next_try_at is None


def test_a_redirect_is_not_followed(world: World, listener: Listener) -> None:
    listener.status, listener.headers = 302, {"Location": listener.url}
    with pytest.raises(NotDelivered, match="status 302"):
        webhooks.post(listener.url, "secret", {})
    assert len(listener.got) == 1


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("fec0::1", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
        ("2002:0a00:1::1", False),
        ("192.168.0.1", False),
        ("172.16.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("fd00::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.1.2.3", False),
    ],
)
def test_webhooks_reach_the_internet_and_what_the_operator_allows(
    address: str, reached: bool, settings: Settings
) -> None:
    assert webhooks.may_reach(address) is reached
    settings.ALERT_NETWORKS = [ip_network("10.1.0.0/16")]
    assert webhooks.may_reach(address) is (reached or "10.1.2.3" in address)


def test_this_very_machine_is_reached_outside_of_production_only(
    listener: Listener, settings: Settings
) -> None:
    webhooks.post(listener.url, "secret", {})
    settings.PRODUCTION = True
    with pytest.raises(NotDelivered, match="no_address"):
        webhooks.post(listener.url, "secret", {})
    assert not webhooks.may_reach("127.0.0.1")
    assert len(listener.got) == 1


def test_a_name_that_leads_into_a_private_network_is_not_connected_to(
    listener: Listener, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    port = int(listener.url.split(":")[2].partition("/")[0])
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    settings.PRODUCTION = True
    with pytest.raises(NotDelivered, match="refused_address"):
        webhooks.post(f"https://hooks.example:{port}/", "secret", {})
    assert listener.got == []


def test_a_webhook_that_is_silent_is_given_up_within_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotDelivered, match="silent"):
        webhooks.post(f"http://127.0.0.1:{silent.getsockname()[1]}/", "secret", {})


def test_one_that_is_not_there_is_told_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotDelivered, match="unreachable"):
        webhooks.post(f"http://127.0.0.1:{port}/", "secret", {})


def test_while_redis_is_away_an_alert_waits_in_its_row(
    world: World, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    aimed(world, listener.url)
    alert = panic(world)
    away = Redis.from_url("unix:///nowhere/redis.sock")
    monkeypatch.setattr(turns.django_rq, "get_queue", lambda name: Queue(name, connection=away))
    jobs.deliver_soon()
    assert delivering.next_alert() == alert.id
    assert jobs.deliver_alert_job()
