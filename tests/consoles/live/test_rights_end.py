"""Rights that end, end the session: by an event within two seconds, with the number that says why, and once in the audit."""

import time
from collections.abc import Callable

import pytest

from accounts import actions, sign_ins
from accounts.models import ApiToken, AuditEntry, RoleAssignment
from accounts.roles import CONSOLE_WATCHER, OWNER
from accounts.services.credentials import revoke_token
from accounts.services.people import set_active
from accounts.services.roles import remove_assignment
from accounts.services.tenants import grant_staff, remove_member
from consoles.admission.answers import Admitted
from consoles.admission.staying import still_admitted
from consoles.models import ConsoleSession
from consoles.relay import clock, watching
from consoles.services import end_from_elsewhere
from consoles.threads import in_thread
from consoles.wire import Close, Op
from portal.fleet.models import VirtualMachine
from portal.fleet.services.removal import remove_vm
from portal.fleet.services.resources import set_address_rules
from portal.fleet.services.storage import change_storage_account, set_network_rules
from portal.fleet.services.switches import set_boot_diagnostics, switch_console, switch_port
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.told import note
from tests.consoles.hub.support import until
from tests.consoles.live.conftest import Stage
from tests.consoles.live.test_who import with_token
from tests.world import SYSTEM, World, give, role

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[World], object]


def take_the_role(world: World) -> None:
    mine = RoleAssignment.objects.filter(principal_id=world.people["contributor"].id)
    for assignment in mine:
        remove_assignment(by=SYSTEM, assignment=assignment)


def disable_the_person(world: World) -> None:
    set_active(by=SYSTEM, user=world.people["contributor"], active=False)


def sign_out_everywhere(world: World) -> None:
    sign_ins.end_everywhere(world.people["contributor"], by=SYSTEM, reason="tests")


def leave_the_tenant(world: World) -> None:
    remove_member(by=SYSTEM, tenant=world.contoso, user=world.people["contributor"])


def switch_off(world: World) -> None:
    switch_console(by=SYSTEM, subscription=world.subscription, enabled=False, reason="incident")


def diagnostics_off(world: World) -> None:
    set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=False)


def port_off(world: World) -> None:
    switch_port(by=SYSTEM, port=world.vm.ports.get(), enabled=False)


def other_addresses(world: World) -> None:
    set_address_rules(by=SYSTEM, subscription=world.subscription, rules=["192.0.2.0/24"])


def shut_the_account(world: World) -> None:
    set_network_rules(
        by=SYSTEM, account=world.storage, default_action="Deny", allowed_addresses=["192.0.2.0/24"]
    )


def take_the_accounts_keys(world: World) -> None:
    change_storage_account(by=SYSTEM, account=world.storage, key_access=False)


def lose_the_bucket(world: World) -> None:
    note(world.storage, StoreTrouble.NOT_FOUND)


def remove_the_machine(world: World) -> None:
    remove_vm(by=SYSTEM, vm=VirtualMachine.objects.get(id=world.vm.id))


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (take_the_role, Close.REVOKED),
        (leave_the_tenant, Close.REVOKED),
        (other_addresses, Close.REVOKED),
        (disable_the_person, Close.SIGNED_OUT),
        (sign_out_everywhere, Close.SIGNED_OUT),
        (switch_off, Close.SWITCHED_OFF),
        (diagnostics_off, Close.SWITCHED_OFF),
        (port_off, Close.SWITCHED_OFF),
        (shut_the_account, Close.REVOKED),
        (take_the_accounts_keys, Close.SWITCHED_OFF),
        (lose_the_bucket, Close.SWITCHED_OFF),
        (remove_the_machine, Close.GONE),
    ],
)
async def test_it_ends_within_two_seconds_and_says_why(stage: Stage, act: Act, code: Close) -> None:
    await stage.attach_device()
    browser = await stage.attached("contributor")
    began = time.monotonic()
    await in_thread(act, stage.world)
    assert await browser.closed() == code
    assert time.monotonic() - began < 2
    session = await in_thread(ConsoleSession.objects.get)
    assert (session.end_code, session.ended_at is None) == (code.name.lower(), False)
    entry = await in_thread(AuditEntry.objects.get, action=actions.DETACH)
    assert entry.details["why"] == code.name.lower()


def grant(world: World) -> None:
    staff, tenant = world.people["staff"], world.contoso
    grant_staff(by=SYSTEM, staff=staff, tenant=tenant, role=role(OWNER), reason="tests", hours=1)


async def test_staff_who_are_signed_out_leave_the_tenant_whose_grant_they_hold(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are no member of it, and yet its consoles hear of their end."""
    answers: list[object] = []

    def asked(admitted: Admitted) -> object:
        answers.append(still_admitted(admitted))
        return answers[-1]

    monkeypatch.setattr(watching, "still_admitted", asked)
    await stage.attach_device()
    await in_thread(grant, stage.world)
    browser = await stage.attached("staff")
    await until(lambda: bool(answers))  # as after each attach: from now on, only an event has it asked
    sign_in = await stage.sign_in_of("staff")
    await in_thread(sign_ins.end_sign_in, sign_in, by=SYSTEM, reason="signed out")
    began = time.monotonic()
    assert await browser.closed() == Close.SIGNED_OUT
    assert time.monotonic() - began < 2


async def test_somebody_elses_end_leaves_the_others_attached(stage: Stage) -> None:
    device = await stage.attach_device()
    leaves, stays = await stage.attached("contributor"), await stage.attached("owner", mode="watch")
    await in_thread(take_the_role, stage.world)
    assert await leaves.closed() == Close.REVOKED
    await device.print(b"still here\r\n")
    await stays.reads(b"still here")


async def test_a_sign_out_in_the_browser_ends_its_console(stage: Stage) -> None:
    await stage.attach_device()
    browser = await stage.attached("owner")
    sign_in = await stage.sign_in_of("owner")
    await in_thread(sign_ins.end_sign_in, sign_in, by=SYSTEM, reason="signed out")
    assert await browser.closed() == Close.SIGNED_OUT


async def test_a_token_that_is_revoked_ends_what_came_with_it(stage: Stage) -> None:
    await stage.attach_device()
    program = await with_token(stage, "owner")
    assert await program.open()
    token = await in_thread(ApiToken.objects.select_related("tenant").get)
    await in_thread(revoke_token, by=SYSTEM, token=token)
    assert await program.closed() == Close.SIGNED_OUT


async def test_whoever_may_only_watch_from_now_on_is_sent_away_and_comes_back_as_a_watcher(
    stage: Stage,
) -> None:
    await stage.attach_device()
    browser = await stage.attached("contributor")
    world = stage.world
    await in_thread(give, world.people["contributor"], world.contoso, CONSOLE_WATCHER, world.vm.scope)
    await in_thread(_take_all_but_watching, world)
    assert await browser.closed() == Close.REVOKED
    again = await stage.attached("contributor", mode="write")
    assert (again.told(Op.ATTACHED)[0]["mode"], again.told(Op.ATTACHED)[0]["may_write"]) == ("watch", False)


def _take_all_but_watching(world: World) -> None:
    mine = RoleAssignment.objects.filter(principal_id=world.people["contributor"].id)
    for assignment in mine.exclude(role_id=CONSOLE_WATCHER.id):
        remove_assignment(by=SYSTEM, assignment=assignment)


async def test_what_no_event_told_is_found_by_the_clock(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "CHECK_EVERY", 0.2)
    await stage.attach_device()
    browser = await stage.attached("contributor")
    mine = RoleAssignment.objects.filter(principal_id=stage.world.people["contributor"].id)
    await in_thread(mine.delete)
    assert await browser.closed() == Close.REVOKED


async def test_the_keyboard_is_free_at_once_when_a_writer_is_sent_away(stage: Stage) -> None:
    await stage.attach_device()
    writer = await stage.attached("contributor")
    next_one = await stage.attached("owner")
    assert next_one.told(Op.ATTACHED)[0]["mode"] == "watch"
    await in_thread(take_the_role, stage.world)
    assert await writer.closed() == Close.REVOKED
    await next_one.until(Op.PRESENCE, writer=None)


async def test_a_session_that_somebody_ends_lets_go_at_once_and_no_other_does(stage: Stage) -> None:
    device = await stage.attach_device()
    leaves, stays = await stage.attached("contributor"), await stage.attached("owner", mode="watch")
    sessions = ConsoleSession.objects.select_related("tenant")
    person = stage.world.people["contributor"]
    session = await in_thread(sessions.get, principal_id=person.id)
    began = time.monotonic()
    assert await in_thread(end_from_elsewhere, by=SYSTEM, session=session, code="kicked")
    assert await leaves.closed() == Close.ENDED
    assert time.monotonic() - began < 2
    entry = await in_thread(AuditEntry.objects.get, action=actions.DETACH)
    assert (entry.details["why"], entry.principal_name) == ("kicked", SYSTEM.name)
    await device.print(b"still here\r\n")
    await stays.reads(b"still here")
