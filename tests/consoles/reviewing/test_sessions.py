"""Who was on which console: the list, one session with what happened meanwhile, and its end by hand."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import AuditEntry, RoleDefinition
from accounts.roles import CONSOLE_AUDITOR, READER
from accounts.services.roles import assign_role
from consoles.models import ConsoleSession
from consoles.services import Counts, end_session
from consoles.sessions import ended_by
from portal.fleet.services.removal import remove_vm
from tests.consoles.diagnostics.conftest import Printed
from tests.consoles.reviewing.conftest import Attach
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]


def listed(client: Client, **query: str) -> list[tuple[str, str]]:
    answer = client.get("/sessions/", query)
    assert answer.status_code == 200, answer.content
    rows = [*answer.context["live"], *answer.context["page"].rows]
    return [(one.principal_name, one.vm_name) for one in rows]


def page(session: ConsoleSession, suffix: str = "") -> str:
    return f"/sessions/{session.id}/{suffix}"


def test_it_lists_sessions_to_whoever_may_see_them_and_to_nobody_else(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    attach("owner")
    attach("contributor", until=5)
    for person in ("owner", "auditor", "reader"):
        assert listed(client_of(person)) == [("owner", "web-1"), ("contributor", "web-1")]
    for person in ("contributor", "watcher", "bystander", "stranger"):
        assert listed(client_of(person)) == []


def test_a_role_on_one_machine_shows_its_sessions_alone(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    attach("owner")
    attach("owner", world.windows_vm)
    give(world.people["bystander"], world.contoso, CONSOLE_AUDITOR, world.vm.scope)
    assert listed(client_of("bystander")) == [("owner", "web-1")]


def test_sessions_of_a_machine_that_is_removed_stay_for_whoever_sees_the_subscription(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    session = attach("owner", world.other_vm, until=5)
    give(world.people["bystander"], world.contoso, READER, world.subscription.scope)
    give(world.people["watcher"], world.contoso, READER, world.group.scope)
    remove_vm(by=SYSTEM, vm=world.other_vm)
    assert listed(client_of("bystander")) == [("owner", "web-2")]
    assert listed(client_of("watcher")) == []
    assert client_of("bystander").get(page(session)).status_code == 200


def test_who_lives_comes_first_and_the_newest_of_each(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    attach("owner", ago=3)
    attach("contributor", until=5, ago=1)
    attach("watcher", until=5, ago=2, mode="watch")
    assert [name for name, _vm in listed(client_of("auditor"))] == ["owner", "contributor", "watcher"]


def test_the_list_costs_the_same_however_many_there_are(
    world: World, client_of: ClientOf, attach: Attach, django_assert_max_num_queries: Any
) -> None:
    client = client_of("auditor")
    for _ in range(30):
        attach("owner", until=5)
    for _ in range(5):
        attach("owner")
    client.get("/sessions/")
    with django_assert_max_num_queries(26):
        client.get("/sessions/")


def test_a_session_is_shown_to_whoever_may_see_it(world: World, client_of: ClientOf, attach: Attach) -> None:
    session = attach("owner", until=5)
    for person, status in (("auditor", 200), ("owner", 200), ("contributor", 403), ("stranger", 404)):
        assert client_of(person).get(page(session)).status_code == status
    assert client_of("auditor").get(f"/sessions/{uuid4()}/").status_code == 404


def test_its_page_has_its_entries_and_where_they_are_in_the_output(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    session = attach("owner", until=5)
    text = client_of("auditor").get(page(session)).content.decode()
    assert "Connect to a serial console and type" in text
    assert "Leave a serial console" in text
    assert reverse("session_output", args=[session.id]) in text


def test_whoever_is_shown_its_entries_has_read_the_audit_and_nobody_else(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    session = attach("owner", until=5)
    sees_sessions = RoleDefinition.objects.create(
        tenant=world.contoso, name="sessions", actions=[actions.SESSION_READ]
    )
    assign_role(
        by=SYSTEM,
        tenant=world.contoso,
        principal_kind="User",
        principal_id=world.people["bystander"].id,
        role=sees_sessions,
        scope=world.contoso.scope,
    )
    for person in ("bystander", "auditor", "auditor"):
        assert client_of(person).get(page(session)).status_code == 200
    read = AuditEntry.objects.filter(action=actions.AUDIT_READ)
    told = [(one.principal_name, one.scope, one.details) for one in read]
    assert told == [("auditor", session.scope, {"read": "audit log"})]


def test_its_output_needs_the_right_to_read_logs(
    world: World, client_of: ClientOf, attach: Attach, printed: Printed
) -> None:
    printed(b"hello\r\n", b"world\r\n", b"and later\r\n")
    session = attach("owner", until=14)
    url = page(session, "output/")
    text = client_of("auditor").get(url).content.decode()
    assert "hello" in text
    assert "world" in text
    assert "and later" not in text
    for person, status in (("owner", 403), ("contributor", 403), ("stranger", 404)):
        assert client_of(person).get(url).status_code == status
    owners = client_of("owner").get(page(session)).content.decode()
    assert actions.LOG_READ in owners
    assert url not in owners


def test_that_somebody_read_the_output_is_noted_once(
    world: World, client_of: ClientOf, attach: Attach, printed: Printed
) -> None:
    printed(b"hello\r\n")
    url = page(attach("owner", until=7), "output/")
    client = client_of("auditor")
    client.get(url)
    client.get(url)
    noted = AuditEntry.objects.filter(action=actions.LOG_READ, principal_id=world.people["auditor"].id)
    assert [entry.details for entry in noted] == [{"read": "session"}]


def test_output_that_has_left_the_log_is_said_to_be_gone(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    session = attach("owner", until=500)
    assert "has left the log" in client_of("auditor").get(page(session, "output/")).content.decode()


def test_ending_it_asks_first_and_names_the_person(world: World, client_of: ClientOf, attach: Attach) -> None:
    session = attach("contributor")
    answer = client_of("owner").get(page(session, "end/"))
    assert "End the session of contributor on web-1?" in answer.content.decode()
    assert ConsoleSession.objects.get(id=session.id).ended_at is None


def test_whoever_may_end_sessions_on_the_machine_ends_it_and_is_named(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    session = attach("watcher", mode="watch")
    for person, status in (("auditor", 403), ("watcher", 403), ("stranger", 404)):
        assert client_of(person).post(page(session, "end/")).status_code == status
    assert ConsoleSession.objects.get(id=session.id).ended_at is None
    assert client_of("contributor").post(page(session, "end/")).status_code == 302
    ended = ConsoleSession.objects.get(id=session.id)
    assert (ended.end_code, ended_by(ended)) == ("ended", "contributor")
    for shown in ("/sessions/", page(session)):
        assert "ended by contributor" in client_of("auditor").get(shown).content.decode()
    entry = AuditEntry.objects.get(action=actions.SESSION_END, outcome="succeeded")
    assert (entry.principal_name, entry.details["name"], entry.details["session"]) == (
        "contributor",
        "watcher",
        str(session.id),
    )


def test_one_that_has_ended_is_not_ended_again(world: World, client_of: ClientOf, attach: Attach) -> None:
    session = attach("contributor", until=5)
    answer = client_of("owner").post(page(session, "end/"), follow=True)
    assert "has ended already" in answer.content.decode()
    assert ConsoleSession.objects.get(id=session.id).end_code == "left"
    assert not AuditEntry.objects.filter(action=actions.SESSION_END).exists()


def test_how_much_had_passed_is_kept_also_when_somebody_else_ended_it(world: World, attach: Attach) -> None:
    session = attach("contributor")
    owner = world.principal("owner")
    assert end_session(by=owner, session=session, code="ended", action=actions.SESSION_END)
    assert not end_session(
        by=world.principal("contributor"), session=session, code="ended", counts=Counts(3, 900, 100, 1000)
    )
    kept = ConsoleSession.objects.get(id=session.id)
    assert (kept.bytes_in, kept.bytes_out, kept.to_offset, kept.end_code) == (3, 900, 1000, "ended")
