"""One entry's story, the picture of many, and filters under a name."""

from collections.abc import Callable

import pytest
from django.db.models import QuerySet
from django.test import Client

from accounts import actions, audit
from accounts.models import AuditEntry
from portal.fleet.models import SavedView
from tests.fleet.review.conftest import Note
from tests.world import World

ClientOf = Callable[[str], Client]
Address = Callable[..., str]
SESSION = "5f3f5d2e-6f6e-4a52-9a5b-0f5a7d1f2c3b"


def test_a_story_says_why_with_reason_session_and_what_else_the_request_did(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    entry = note(
        "watcher", actions.CONNECT, world.vm.scope, outcome="refused", error_code="AuthorizationFailed",
        details={"reason": "ticket 17", "session": SESSION},
    )  # fmt: skip
    client = client_of("auditor")
    story = client.get(address("audit_entry", entry.seq)).content.decode()
    assert "None of the roles held there includes this action." in story
    assert "ticket 17" in story
    assert f'href="/sessions/{SESSION}/"' in story
    assert "as it was written" in story
    assert world.vm.get_absolute_url() in story or "web-1" in story


def test_an_entry_that_was_changed_is_told(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    entry = note("watcher", actions.WATCH, world.vm.scope)
    client = client_of("auditor")
    assert client.get(address("audit_entry", entry.seq)).context["story"].is_whole
    QuerySet(AuditEntry).filter(id=entry.id).update(principal_name="somebody else")
    assert not client.get(address("audit_entry", entry.seq)).context["story"].is_whole


def test_entries_of_one_request_are_told_together(
    world: World, client_of: ClientOf, address: Address
) -> None:
    client = client_of("owner")
    client.get(address("activity"))
    read = AuditEntry.objects.filter(action=actions.AUDIT_READ).latest("id")
    by = world.principal("owner")
    principal = type(by)(by.kind, by.id, by.name, by.tenant_id, request_id=read.request_id)
    also = audit.record(
        by=principal, action=actions.VM_WRITE, scope=world.vm.scope, tenant_id=world.contoso.id
    )
    others = client.get(address("audit_entry", read.seq)).context["story"].others
    assert [line.entry for line in others] == [also]


def test_an_entry_is_read_only_where_it_lies(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    entry = note("watcher", actions.WATCH, world.vm.scope)
    auditor = client_of("auditor")
    assert auditor.get(address("audit_entry", entry.seq, scope=world.vm.scope)).status_code == 200
    assert auditor.get(address("audit_entry", entry.seq, scope=world.other_vm.scope)).status_code == 404
    assert (
        client_of("contributor").get(address("audit_entry", entry.seq, scope=world.vm.scope)).status_code
        == 403
    )
    assert client_of("stranger").get(address("audit_entry", entry.seq)).status_code == 404


def test_reading_the_audit_is_in_the_audit_once_in_ten_minutes(
    world: World, client_of: ClientOf, address: Address
) -> None:
    client = client_of("auditor")
    for _time in range(3):
        client.get(address("activity"))
    client.get(address("activity", scope=world.vm.scope))
    read = AuditEntry.objects.filter(action=actions.AUDIT_READ, principal_id=world.people["auditor"].id)
    assert sorted(read.values_list("scope", flat=True)) == sorted([world.contoso.scope, world.vm.scope])


@pytest.mark.parametrize("name", ["audit_timeline", "audit_entry"])
def test_who_looks_at_the_picture_or_at_one_entry_has_read_it_too(
    world: World, note: Note, client_of: ClientOf, address: Address, name: str
) -> None:
    entry = note("watcher", actions.WATCH, world.vm.scope)
    client, about = client_of("auditor"), [entry.seq] if name == "audit_entry" else []
    for _time in range(2):
        assert client.get(address(name, *about, scope=world.vm.scope)).status_code == 200
    read = AuditEntry.objects.filter(action=actions.AUDIT_READ, principal_id=world.people["auditor"].id)
    assert [(one.scope, one.details) for one in read] == [(world.vm.scope, {"read": "audit log"})]


def test_the_picture_has_a_lane_for_each_person_and_machine_and_leads_to_their_entries(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    for _time in range(3):
        note("contributor", actions.CONNECT, world.vm.scope)
    note("watcher", actions.WATCH, world.other_vm.scope, outcome="refused")
    client = client_of("auditor")
    picture = client.get(address("audit_timeline"), {"family": "Microsoft.SerialConsole/"})
    lanes = {lane.name: (lane.count, lane.refused) for lane in picture.context["picture"].lanes}
    assert lanes == {"contributor": (3, 0), "watcher": (1, 1)}
    assert f"who={world.people['watcher'].id}" in picture.content.decode()
    by_machine = client.get(
        address("audit_timeline"), {"family": "Microsoft.SerialConsole/", "by": "machine"}
    )
    assert [lane.name for lane in by_machine.context["picture"].lanes] == ["web-1", "web-2"]
    cell = by_machine.content.decode().split('<a href="')[-1].split('"')[0].replace("&amp;", "&")
    assert [line.entry.outcome for line in client.get(cell).context["lines"]] == ["refused"]


def test_what_has_no_lane_is_counted_and_the_picture_counts_nothing_twice(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    people = ["owner", "reader", "contributor", "watcher", "auditor", "bystander", "stranger"]
    for many, who in enumerate(people):
        for _time in range(10 - many):
            audit.record(
                by=world.principal(who),
                action=actions.VM_WRITE,
                scope=world.vm.scope,
                tenant_id=world.contoso.id,
            )
    picture = client_of("auditor").get(
        address("audit_timeline"), {"family": "Microsoft.Compute/", "span": "1h"}
    )
    page = " ".join(picture.content.decode().split())
    drawn = picture.context["picture"]
    assert sum(lane.count for lane in drawn.lanes) + drawn.others_count == drawn.seen
    assert drawn.others >= 2
    assert f"Not drawn: {drawn.others_count} of {drawn.others} more persons" in page
    assert f"{drawn.seen} entries" not in page


def test_the_picture_of_nothing_is_empty(world: World, client_of: ClientOf, address: Address) -> None:
    answer = client_of("auditor").get(address("audit_timeline"), {"who": "nobody of this name"})
    assert answer.context["picture"].lanes == []
    assert client_of("contributor").get(address("audit_timeline", scope=world.vm.scope)).status_code == 403


def test_a_view_is_saved_applied_replaced_and_removed(
    world: World, client_of: ClientOf, address: Address
) -> None:
    client = client_of("auditor")
    save = address("audit_view_save")
    client.post(save, {"name": "refusals", "query": "outcome=refused"})
    client.post(save, {"name": "refusals", "query": "outcome=failed"})
    view = SavedView.objects.get()
    assert (view.query, view.shared) == ("outcome=failed", False)
    assert "?outcome=failed" in client.get(address("activity")).content.decode()
    assert "refusals" not in client_of("owner").get(address("activity")).content.decode()
    assert client_of("owner").post(address("audit_view_remove", view.id)).status_code == 404
    assert client.post(address("audit_view_remove", view.id)).status_code == 302
    assert not SavedView.objects.exists()


def test_only_who_writes_the_tenants_settings_saves_a_view_for_everybody(
    world: World, client_of: ClientOf, address: Address
) -> None:
    told = {"name": "refusals", "query": "outcome=refused", "shared": "on"}
    assert client_of("auditor").post(address("audit_view_save"), told).status_code == 403
    assert client_of("owner").post(address("audit_view_save"), told).status_code == 302
    view = SavedView.objects.get()
    assert "refusals" in client_of("auditor").get(address("activity")).content.decode()
    assert client_of("auditor").post(address("audit_view_remove", view.id)).status_code == 403
    assert client_of("owner").post(address("audit_view_remove", view.id)).status_code == 302
    assert AuditEntry.objects.filter(action=actions.TENANT_WRITE, details__saved="refusals").exists()


def test_a_view_holds_filters_and_nothing_else(world: World, client_of: ClientOf, address: Address) -> None:
    client_of("auditor").post(address("audit_view_save"), {"name": "x", "query": 'a="><script>&b=1'})
    page = client_of("auditor").get(address("activity")).content.decode()
    assert "<script>&" not in page


def test_a_view_that_was_removed_in_another_window_is_told_so(
    world: World, client_of: ClientOf, address: Address
) -> None:
    client = client_of("auditor")
    client.post(address("audit_view_save"), {"name": "x", "query": "outcome=failed"})
    remove = address("audit_view_remove", SavedView.objects.get().id)
    assert client.post(remove).status_code == 302
    again = client.post(remove)
    assert again.status_code == 404
    assert "This was removed, or is not yours" in again.content.decode()
    assert address("activity") in again.content.decode()
