"""Acts on pretended machines, performed for real: what they do, who comes first, and how they end when something goes wrong."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import events
from accounts.models import RoleAssignment
from portal.fleet.models import Operation, OperationState, VirtualMachine
from portal.fleet.models.vms import PowerState
from portal.fleet.operations import apart, doing, lines, queue
from portal.fleet.operations import performing as perform_module
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.performing import perform
from portal.fleet.operations.possible import Impossible
from portal.fleet.operations.sentences import sentence_of
from portal.fleet.services.operations import Busy, ask, begin, end, end_lost, note_alive
from portal.machines import opening
from portal.machines.base import CANNOT, Failed
from tests.fleet.acting import done, ended, scripted
from tests.world import SYSTEM, World


def power(vm: VirtualMachine) -> str:
    return VirtualMachine.objects.get(id=vm.id).power_state


def within(monkeypatch: pytest.MonkeyPatch, kind: str, seconds: int) -> None:
    monkeypatch.setitem(KINDS, kind, replace(KINDS[kind], seconds=seconds))


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        ("stopped", "start", PowerState.RUNNING),
        ("deallocated", "start", PowerState.RUNNING),
        ("running", "start", PowerState.RUNNING),
        ("running", "restart", PowerState.RUNNING),
        ("running", "shut_down", PowerState.STOPPED),
        ("stopped", "shut_down", PowerState.STOPPED),
        ("running", "power_off", PowerState.STOPPED),
        ("running", "reset", PowerState.RUNNING),
        ("running", "deallocate", PowerState.DEALLOCATED),
        ("stopped", "deallocate", PowerState.DEALLOCATED),
        ("running", "redeploy", PowerState.RUNNING),
        ("running", "nmi", PowerState.RUNNING),
        ("running", "ctrl_alt_del", PowerState.RUNNING),
        ("running", "facts", PowerState.RUNNING),
        ("running", "hang_up", PowerState.RUNNING),
    ],
)
def test_it_does_what_was_asked_and_shows_it(world: World, before: str, kind: str, after: str) -> None:
    vm = scripted(world.vm, before)
    operation = done(vm, kind)
    assert (operation.state, operation.error_code, operation.progress) == ("succeeded", "", 100)
    assert power(vm) == after


def test_what_a_guest_agent_says_is_kept(world: World) -> None:
    vm = scripted(world.vm)
    done(vm, "facts")
    assert VirtualMachine.objects.get(id=vm.id).facts.os_name == "Debian GNU/Linux 12 (bookworm)"


def test_a_machine_that_starts_is_shown_so_before_its_first_instruction(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "_send", lambda group, message: sent.append(message))
    vm = scripted(world.vm, "stopped")
    with django_capture_on_commit_callbacks(execute=False):
        asked = ask(by=SYSTEM, vm=vm, kind="start")
    with django_capture_on_commit_callbacks(execute=True):
        perform(asked.id)
    assert [one["type"] for one in sent].count(events.LINES_CHANGED) == 2, "starting, and running"
    assert all(one["vm"] == vm.scope_key for one in sent if one["type"] == events.MACHINE_CHANGED)


def test_a_second_exclusive_act_is_told_who_does_what(world: World) -> None:
    vm = scripted(world.vm)
    first = ask(by=world.principal("contributor"), vm=vm, kind="reset")
    with pytest.raises(Busy) as busy:
        ask(by=world.principal("owner"), vm=vm, kind="reset")
    assert busy.value.operation == first
    assert ask(by=world.principal("owner"), vm=vm, kind="nmi").unfinished, "others go along with it"
    perform(first.id)
    assert done(vm, "reset").state == OperationState.SUCCEEDED


@pytest.mark.parametrize("stronger", ["reset", "power_off", "deallocate"])
@pytest.mark.parametrize("waiting", ["restart", "shut_down"])
def test_what_does_not_ask_the_guest_takes_over_from_what_waits_for_it(
    world: World, waiting: str, stronger: str
) -> None:
    vm = scripted(world.vm)
    weaker = ask(by=SYSTEM, vm=vm, kind=waiting)
    operation = done(vm, stronger, by=world.principal("owner"))
    assert operation.state == OperationState.SUCCEEDED
    given_up = ended(weaker)
    assert (given_up.state, given_up.error_code) == ("cancelled", "superseded")
    assert sentence_of(given_up).startswith("owner asked for something stronger meanwhile")
    perform(weaker.id)
    assert ended(weaker).state == OperationState.CANCELLED


@pytest.mark.parametrize("kind", ["start", "redeploy", "reset", "power_off", "deallocate"])
def test_nothing_takes_over_from_what_acts_on_the_machine_itself(world: World, kind: str) -> None:
    vm = scripted(world.vm)
    ask(by=SYSTEM, vm=vm, kind=kind)
    with pytest.raises(Busy):
        ask(by=SYSTEM, vm=vm, kind="reset")


@pytest.mark.parametrize(("kind", "seconds"), [("restart", 31), ("shut_down", 4)])
def test_a_guest_that_ignores_it_keeps_running_and_the_sentence_offers_the_reset(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str, seconds: int
) -> None:
    within(monkeypatch, kind, seconds)
    vm = scripted(world.vm, ignores="shut_down")
    operation = done(vm, kind)
    assert (operation.state, operation.error_code) == ("failed", "guest_ignored")
    assert "hard reset" in sentence_of(operation)
    assert power(vm) == PowerState.RUNNING


def test_a_driver_that_hangs_is_cut_off_when_the_time_of_the_act_is_over(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    within(monkeypatch, "reset", 1)
    vm = scripted(world.vm, hangs="reset")
    began = time.monotonic()
    operation = done(vm, "reset")
    assert time.monotonic() - began < 2.5
    assert (operation.error_code, power(vm)) == ("machine_silent", PowerState.RUNNING)


def test_so_is_one_that_blocks_its_thread(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    within(monkeypatch, "reset", 1)
    monkeypatch.setitem(opening.DRIVERS, "test", ("tests.fleet.blocking_machine", "Blocking"))
    VirtualMachine.objects.filter(id=world.vm.id).update(machine_url="test://")
    began = time.monotonic()
    operation = done(world.vm, "reset")
    assert time.monotonic() - began < 4
    assert (operation.error_code, power(world.vm)) == ("machine_silent", PowerState.UNKNOWN)


def test_a_refusal_is_told_in_the_words_of_whoever_refused(world: World) -> None:
    vm = scripted(world.vm, refuses="reset")
    operation = done(vm, "reset")
    assert (operation.state, operation.error_code) == ("failed", "machine_refused")
    assert "reset is refused, as its URL says" in sentence_of(operation)


def test_an_endpoint_that_is_none_fails_and_says_so(world: World) -> None:
    VirtualMachine.objects.filter(id=world.vm.id).update(machine_url="scripted://x/web?wrong=1")
    assert done(world.vm, "reset").error_code == "bad_specification"


def test_it_is_performed_once_however_often_the_job_runs(world: World) -> None:
    operation = ask(by=SYSTEM, vm=scripted(world.vm), kind="reset")
    assert begin(operation_id=operation.id)
    assert begin(operation_id=operation.id) is None
    perform(operation.id)
    assert ended(operation).state == OperationState.RUNNING, "whoever began it ends it"


def test_the_first_word_on_how_it_ended_counts(world: World) -> None:
    operation = ask(by=SYSTEM, vm=scripted(world.vm), kind="reset")
    assert end(operation_id=operation.id, state=OperationState.FAILED, code="operation_lost")
    assert not end(operation_id=operation.id, state=OperationState.SUCCEEDED)


@pytest.mark.parametrize(("begun", "code"), [(True, "operation_lost"), (False, "operation_not_taken")])
def test_what_nobody_performs_any_more_ends_by_the_clock(world: World, begun: bool, code: str) -> None:
    vm = scripted(world.vm)
    operation = ask(by=SYSTEM, vm=vm, kind="reset")
    if begun:
        begin(operation_id=operation.id)
    assert end_lost() == 0
    Operation.objects.update(deadline=timezone.now() - timedelta(seconds=1))
    assert (end_lost(), end_lost()) == (1, 0)
    assert (ended(operation).state, ended(operation).error_code) == ("failed", code)
    assert done(vm, "reset").state == OperationState.SUCCEEDED, "the machine is free again"


def test_what_cannot_be_is_refused_before_anything_is_asked(world: World) -> None:
    off = scripted(world.other_vm, "deallocated")
    cases = [
        (off, "reset", {}, "stopped"),
        (off, "sysrq", {"letters": "h"}, "stopped"),
        (world.windows_vm, "sysrq", {"letters": "h"}, "not_linux"),
        (world.windows_vm, "start", {}, "cannot"),
        (scripted(world.vm), "sysrq", {"letters": ""}, "letters"),
        (world.vm, "sysrq", {"letters": "h; reboot"}, "letters"),
        (world.vm, "sysrq", {"letters": "b" * 21}, "letters"),
        (world.vm, "sysrq", {"letters": "b", "pause": "nan"}, "number"),
        (world.vm, "sysrq", {"letters": "b", "pause": "11"}, "number"),
    ]
    for vm, kind, details, code in cases:
        with pytest.raises(Impossible) as impossible:
            ask(by=SYSTEM, vm=vm, kind=kind, details=details)
        assert impossible.value.code == code
    assert not Operation.objects.exists()


def test_what_a_machine_said_it_cannot_do_is_refused(world: World) -> None:
    vm = scripted(world.vm)
    VirtualMachine.objects.filter(id=vm.id).update(machine_can=["power"])
    with pytest.raises(Impossible):
        ask(by=SYSTEM, vm=vm, kind="nmi")
    assert ask(by=SYSTEM, vm=vm, kind="reset").unfinished


def test_sysrq_goes_by_the_line_letter_by_letter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    pressed: list[str] = []
    monkeypatch.setattr(lines, "send_sysrq", lambda vm, letters, pause: pressed.append(letters))
    operation = done(scripted(world.vm), "sysrq", letters="REISUB", pause=0)
    assert (pressed, operation.state, operation.result) == (list("reisub"), "succeeded", {"sent": "reisub"})


def test_sysrq_goes_by_the_keyboard_where_the_line_cannot_break(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(vm: VirtualMachine, letters: str, pause: int) -> None:
        raise Failed(CANNOT)

    monkeypatch.setattr(lines, "send_sysrq", cannot)
    assert done(scripted(world.vm), "sysrq", letters="h").state == OperationState.SUCCEEDED
    assert done(scripted(world.vm, can="power"), "sysrq", letters="h").error_code == "sysrq_cannot"


def test_a_bare_line_takes_sysrq_though_it_has_no_machine(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed: list[str] = []
    monkeypatch.setattr(lines, "send_sysrq", lambda vm, letters, pause: pressed.append(letters))
    assert world.vm.machine_url == "none://"
    assert done(world.vm, "sysrq", letters="s").state == OperationState.SUCCEEDED
    assert pressed == ["s"]


def test_what_waits_for_a_guest_lets_others_go_first_and_asks_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doing, "TURN", 0.0)
    monkeypatch.setattr(queue, "others_wait", lambda host: True)
    vm = scripted(world.vm, ends="1")
    operation = ask(by=SYSTEM, vm=vm, kind="restart")
    perform(operation.id)
    aside = ended(operation)
    assert (aside.state, aside.details, power(vm)) == ("waiting", {"guest_asked": True}, PowerState.STOPPING)
    VirtualMachine.objects.filter(id=vm.id).update(machine_url=vm.machine_url + "&refuses=shut_down")
    monkeypatch.setattr(queue, "others_wait", lambda host: False)
    perform(operation.id)
    assert (ended(operation).state, power(vm)) == ("succeeded", PowerState.RUNNING)


def test_a_worker_that_lives_is_not_taken_for_dead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "BEAT", 0.1)
    within(monkeypatch, "reset", 1)
    deadlines = set()

    def told(operation: Operation) -> None:
        note_alive(operation=operation)
        deadlines.add(ended(operation).deadline)

    monkeypatch.setattr(perform_module, "note_alive", told)
    done(scripted(world.vm, hangs="reset"), "reset")
    assert len(deadlines) > 3


def test_of_what_only_looks_a_machine_does_one_at_a_time_and_anything_else_beside_it(world: World) -> None:
    vm = scripted(world.vm)
    first = ask(by=SYSTEM, vm=vm, kind="facts")
    with pytest.raises(Busy) as busy:
        ask(by=SYSTEM, vm=vm, kind="facts")
    assert busy.value.operation == first
    ask(by=SYSTEM, vm=vm, kind="reset")


def test_keys_reach_no_line_whose_console_is_switched_off(world: World) -> None:
    vm = scripted(world.vm)
    ask(by=SYSTEM, vm=vm, kind="sysrq", details={"letters": "h"})
    Operation.objects.all().delete()
    vm.subscription.console_enabled = False
    vm.subscription.save()
    with pytest.raises(Impossible) as refused:
        ask(by=SYSTEM, vm=vm, kind="sysrq", details={"letters": "h"})
    assert refused.value.code == "console_off"


def test_a_sequence_of_keys_holds_its_worker_for_a_minute_at_most(world: World) -> None:
    vm = scripted(world.vm)
    with pytest.raises(Impossible):
        ask(by=SYSTEM, vm=vm, kind="sysrq", details={"letters": "h" * 20, "pause": 10})
    ask(by=SYSTEM, vm=vm, kind="sysrq", details={"letters": "reisub", "pause": 5})


def test_whoever_died_in_the_middle_of_an_act_blocks_nobody_also_where_no_clock_runs(world: World) -> None:
    vm = scripted(world.vm)
    held = ask(by=SYSTEM, vm=vm, kind="reset")
    with pytest.raises(Busy):
        ask(by=SYSTEM, vm=vm, kind="reset")
    Operation.objects.filter(id=held.id).update(deadline=timezone.now() - timedelta(seconds=1))
    ask(by=SYSTEM, vm=vm, kind="reset")
    held.refresh_from_db()
    assert (held.state, held.error_code) == ("failed", "operation_not_taken")


def test_an_act_that_waited_is_left_when_the_right_to_it_has_ended(world: World) -> None:
    vm = scripted(world.vm)
    by = world.principal("owner")
    asked = ask(by=by, vm=vm, kind="reset")
    kept = ask(by=by, vm=vm, kind="nmi")
    perform(kept.id)
    assert ended(kept).state == "succeeded", "while the right is there"
    RoleAssignment.objects.filter(principal_id=by.id).delete()
    perform(asked.id)
    assert (ended(asked).state, ended(asked).error_code) == ("failed", "right_ended")
