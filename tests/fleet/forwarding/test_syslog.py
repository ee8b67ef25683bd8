"""Audit entries to a real syslog receiver over TLS: what arrives, in which order, and what counts as arrived."""

import json
import ssl
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import actions, audit
from accounts.models import AuditEntry
from portal.fleet.forwarding import entries, message, sending, syslog
from portal.fleet.forwarding.sending import forward, waiting
from portal.fleet.models import ForwardKind, ForwardTarget
from portal.fleet.services.forwarding import (
    add_forward_target,
    switch_forward_target,
    try_forward_target,
)
from portal.fleet.targets.failures import NotDelivered
from tests import world as worlds
from tests.fleet.forwarding.receiver import MESSAGE, Receiver, fields_of, receiving
from tests.run.programs import running
from tests.world import World


def aimed(world: World, receiver: Receiver) -> ForwardTarget:
    target, secret = add_forward_target(
        by=worlds.SYSTEM,
        tenant=world.contoso,
        kind="syslog",
        address=receiver.address,
        authority=receiver.authority,
    )
    assert secret == ""
    return target


def happen(world: World, times: int = 1, **details: object) -> list[AuditEntry]:
    owner = world.principal("owner")
    return [
        audit.record(
            by=owner,
            action=actions.CONNECT,
            scope=world.vm.scope,
            tenant_id=world.contoso.id,
            details=details,
        )
        for _ in range(times)
    ]


def again(target: ForwardTarget) -> int:
    """As when its time has come."""
    ForwardTarget.objects.filter(id=target.id).update(next_try_at=None)
    return forward(target.id)


def test_each_entry_arrives_in_order_beginning_with_that_of_the_target(world: World, tmp_path: Path) -> None:
    happen(world, 3)
    with receiving(tmp_path) as receiver:
        target = aimed(world, receiver)
        first = AuditEntry.objects.latest("id")
        made = happen(world, 3)
        assert waiting(10) == [target.id]
        assert forward(target.id) == 4
        assert receiver.numbers == [one.seq for one in (first, *made)]
        assert waiting(10) == []
        assert forward(target.id) == 0
        happen(world)
        assert forward(target.id) == 1
        assert len(receiver.numbers) == 5
    target.refresh_from_db()
    assert target.last_ok_at
    assert (target.done_seq, target.tries, target.next_try_at) == (made[-1].seq + 1, 0, None)


def test_a_message_says_who_did_what_where_and_how_it_ended(world: World, tmp_path: Path) -> None:
    hostile = 'x"] y\\ ]\n<13>1 forged'
    with receiving(tmp_path) as receiver:
        target = aimed(world, receiver)
        entry = audit.record(
            by=world.principal("owner"),
            action=actions.CONNECT,
            scope=world.vm.scope,
            tenant_id=world.contoso.id,
            outcome="refused",
            error_code="E9",
            details={"reason": hostile, "who": "アダ"},
        )
        forward(target.id)
    got = receiver.messages[-1]
    found = MESSAGE.fullmatch(got)
    assert found
    assert found[1] == b"108", "log audit, warning"
    assert found[2].decode() == entry.at.isoformat(timespec="microseconds").replace("+00:00", "Z")
    fields = fields_of(got)
    assert json.loads(fields.pop("details")) == {"reason": hostile, "who": "アダ"}
    assert fields == {
        "tenant": "contoso",
        "seq": str(entry.seq),
        "principalKind": "User",
        "principalId": str(world.people["owner"].id),
        "principal": "owner",
        "action": actions.CONNECT,
        "scope": world.vm.scope,
        "outcome": "refused",
        "error": "E9",
        "address": "127.0.0.1",
        "hash": entry.hash,
    }
    assert b"\n" not in got


def test_no_message_is_longer_than_what_every_receiver_takes(world: World) -> None:
    entry = happen(world, text="ü" * 5000)[0]
    told = message.as_syslog(entry, "contoso")
    assert fields_of(told)["detailsBytes"] == "10011"
    assert len(told) < 8192
    whole = happen(world, text="ü" * 2000)[0]
    assert len(message.as_syslog(whole, "contoso")) < 8192
    assert "details" in fields_of(message.as_syslog(whole, "contoso"))


@pytest.mark.parametrize("manners", ["mute", "stuck", "plain"])
def test_what_was_not_surely_read_is_sent_again(
    world: World, tmp_path: Path, manners: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syslog, "SECONDS", 0.3)
    with receiving(tmp_path, manners, most=2) as receiver:
        target = aimed(world, receiver)
        happen(world, 4)
        before = timezone.now()
        assert forward(target.id) == 0
        target.refresh_from_db()
        assert target.last_error == {"mute": "cut_off", "stuck": "silent", "plain": "no_tls"}[manners]
        assert target.next_try_at
        assert 30 <= (target.next_try_at - before).total_seconds() < 35
        assert forward(target.id) == 0, "not before its time"
        assert waiting(10) == []
        receiver.go_on.set()
        receiver.manners = "polite"
        receiver.messages.clear()
        monkeypatch.undo()
        assert again(target) == 5
        assert receiver.numbers == list(range(target.done_seq + 1, target.done_seq + 6))


def test_a_receiver_that_is_killed_in_the_middle_gets_again_what_it_may_not_have_kept(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies after 25 of 41, the first batch of 20 having surely arrived."""
    monkeypatch.setitem(entries.MOST, ForwardKind.SYSLOG, 20)
    command = (sys.executable, "-m", "tests.fleet.forwarding.receiver", str(tmp_path), "25")
    with running(*command) as killed:
        address = killed.until("listening").split()[1]
        target, _secret = add_forward_target(
            by=worlds.SYSTEM,
            tenant=world.contoso,
            kind="syslog",
            address=address,
            authority=(tmp_path / "ca.pem").read_text(),
        )
        begun = target.done_seq
        happen(world, 40)
        assert forward(target.id) == 20
        assert killed.ended() == -9
    target.refresh_from_db()
    assert (target.done_seq, target.last_error) == (begun + 20, "cut_off")
    got = [int(fields_of(one)["seq"]) for one in (tmp_path / "got").read_bytes().splitlines()]
    assert got == list(range(begun + 1, begun + 26))
    with receiving(tmp_path) as back:
        ForwardTarget.objects.update(address=back.address)
        assert again(target) == 21
        assert back.numbers == list(range(begun + 21, begun + 42)), "five twice, none left out"


def test_only_a_receiver_of_the_named_authority_is_told(world: World, tmp_path: Path) -> None:
    with receiving(tmp_path / "one") as receiver, receiving(tmp_path / "two") as other:
        target = aimed(world, receiver)
        ForwardTarget.objects.update(authority=other.authority)
        assert forward(target.id) == 0
        target.refresh_from_db()
        assert target.last_error == "certificate"
        ForwardTarget.objects.update(authority="")
        assert again(target) == 0
        ForwardTarget.objects.update(authority=receiver.authority)
        assert again(target) == 1
        assert receiver.numbers == [target.done_seq + 1]


def test_beside_an_authoritys_certificate_may_stand_words_of_any_language(
    world: World, tmp_path: Path
) -> None:
    with receiving(tmp_path) as receiver:
        receiver.authority = f"Subject: CN=Jürgen Ångström\n{receiver.authority}"
        target = aimed(world, receiver)
        assert forward(target.id) == 1
        ForwardTarget.objects.all().delete()
        receiver.authority = "é"
        with pytest.raises(ValidationError, match="This holds no certificate in PEM"):
            aimed(world, receiver)
    with pytest.raises(NotDelivered, match="authority"):
        syslog.send(receiver.address, "é", [])


def test_nobody_sends_while_somebody_does_and_who_comes_late_changes_nothing(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiving(tmp_path) as receiver:
        target = aimed(world, receiver)
        real = sending.deliver

        def slow(target: ForwardTarget, batch: list[AuditEntry]) -> None:
            assert forward(target.id) == 0, "it is claimed"
            real(target, batch)
            ForwardTarget.objects.update(claimed_until=timezone.now(), done_seq=0)  # another took over

        monkeypatch.setattr(sending, "deliver", slow)
        forward(target.id)
        target.refresh_from_db()
        assert target.done_seq == 0


def test_neither_a_test_nor_a_switch_lets_another_in_while_somebody_sends(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An older batch would arrive behind a newer one."""
    with receiving(tmp_path) as receiver:
        target = aimed(world, receiver)
        ForwardTarget.objects.update(tries=3)
        real = sending.deliver

        def meddled_with(target: ForwardTarget, batch: list[AuditEntry]) -> None:
            monkeypatch.setattr(sending, "deliver", real)
            assert try_forward_target(by=worlds.SYSTEM, target=target) == ""
            for enabled in (False, True):
                switch_forward_target(by=worlds.SYSTEM, target=target, enabled=enabled)
            assert waiting(10) == []
            assert forward(target.id) == 0
            real(target, batch)

        monkeypatch.setattr(sending, "deliver", meddled_with)
        assert forward(target.id) == 4, "and the same goes on with what was recorded meanwhile"
        assert receiver.numbers == list(range(target.done_seq + 1, target.done_seq + 5))
        happen(world)
        assert forward(target.id) == 1


def test_one_that_is_turned_off_meanwhile_gets_no_further_batch(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(entries.MOST, ForwardKind.SYSLOG, 2)
    with receiving(tmp_path) as receiver:
        target = aimed(world, receiver)
        happen(world, 4)
        real = sending.deliver

        def turned_off(target: ForwardTarget, batch: list[AuditEntry]) -> None:
            real(target, batch)
            switch_forward_target(by=worlds.SYSTEM, target=target, enabled=False)

        monkeypatch.setattr(sending, "deliver", turned_off)
        assert forward(target.id) == 2
        monkeypatch.undo()
        switch_forward_target(by=worlds.SYSTEM, target=target, enabled=True)
        assert forward(target.id) == 5, "three that waited, and that it was turned off and on"
        assert receiver.numbers == list(range(target.done_seq + 1, target.done_seq + 8))


def test_what_was_under_way_when_it_gave_up_does_not_arrive_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Megabytes would, from the system's buffers; what had reached the other side already is there."""
    monkeypatch.setattr(syslog, "SECONDS", 0.3)
    with receiving(tmp_path, "late", most=2) as receiver:
        receiver.context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(NotDelivered, match="silent"):
            syslog.send(receiver.address, receiver.authority, [b"x" * 4000] * 2000)
        receiver.go_on.set()
        assert receiver.ended.wait(20)
        assert len(receiver.messages) < 300


def test_one_that_is_turned_off_waits_and_goes_on_where_it_was(world: World, tmp_path: Path) -> None:
    with receiving(tmp_path) as receiver:
        target = aimed(world, receiver)
        ForwardTarget.objects.update(enabled=False)
        happen(world, 2)
        assert waiting(10) == []
        assert forward(target.id) == 0
        ForwardTarget.objects.update(enabled=True)
        assert forward(target.id) == 3
        assert receiver.numbers == [target.done_seq + 1, target.done_seq + 2, target.done_seq + 3]


@pytest.mark.parametrize(
    "address", ["", "a b", "host/path", "me@host", "host:70000", "host:x", "https://host", "host?x"]
)
def test_what_is_no_name_and_port_is_no_address(address: str) -> None:
    with pytest.raises(ValueError):
        syslog.place(address)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("logs.example", ("logs.example", 6514)),
        ("10.0.0.1:514", ("10.0.0.1", 514)),
        ("[fd00::1]:99", ("fd00::1", 99)),
    ],
)
def test_a_name_is_enough_and_a_port_may_be_said(address: str, found: tuple[str, int]) -> None:
    assert syslog.place(address) == found
