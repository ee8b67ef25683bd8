"""Whom a filter finds: by names, by id, and, for whoever may read the directory, by what a member signs in with."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions, audit_names
from accounts.audit_selectors import Filters
from accounts.models import AuditEntry, Membership, RoleDefinition
from accounts.roles import CONSOLE_AUDITOR, READER
from accounts.services.roles import assign_role
from portal.fleet.review.filters import from_json, people, to_json
from tests.fleet.review.conftest import Note, Seen
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]
Address = Callable[..., str]
NOBODY = "Nobody here is called that"


@pytest.fixture(autouse=True)
def shown_as(world: World) -> None:
    """Everybody is shown by another name than the one they sign in with."""
    for name, user in world.people.items():
        user.display_name = f"Person {list(world.people).index(name)}"
        user.save()


def test_people_are_found_by_what_they_sign_in_with_whatever_they_are_called(
    world: World, note: Note, seen: Seen
) -> None:
    entry = note("contributor", actions.VM_WRITE, world.vm.scope)
    other = note("watcher", actions.VM_WRITE, world.vm.scope)
    assert entry.principal_name != "contributor"
    assert seen(who="contributor") == seen(who="CONTRIBUTOR") == [entry]
    assert seen(who="contributo") == seen(who="ontributor") == []
    assert seen(who=entry.principal_name) == [entry]
    assert seen(who=str(other.principal_id)) == [other]


def found_by(client: Client, page: str, who: str) -> list[AuditEntry]:
    return [line.entry for line in client.get(page, {"who": who}).context["lines"]]


def test_whoever_may_not_read_the_directory_cannot_spell_out_what_people_sign_in_with(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    entry = note("contributor", actions.VM_WRITE, world.vm.scope)
    give(world.people["bystander"], world.contoso, READER, world.vm.scope)
    client, page = client_of("bystander"), address("activity", scope=world.vm.scope)
    assert client.get("/people/").status_code == 403
    for who in ("c", "con", "contributor", "tor"):
        assert found_by(client, page, who) == []
    assert found_by(client, page, entry.principal_name) == [entry]
    assert client_of("owner").get("/people/").status_code == 200
    assert found_by(client_of("owner"), page, "contributor") == [entry]


@pytest.mark.parametrize("person", ["contributor", "staff"])
def test_who_is_no_member_is_found_by_the_recorded_name_alone(
    person: str, world: World, note: Note, seen: Seen
) -> None:
    entry = note(person, actions.VM_WRITE, world.vm.scope)
    Membership.objects.filter(user=world.people["contributor"]).delete()
    assert seen(who=person) == []
    assert seen(who=entry.principal_name) == [entry]


def test_nobody_of_that_name_is_told_apart_from_somebody_who_did_nothing(
    world: World, client_of: ClientOf, address: Address
) -> None:
    client, page = client_of("auditor"), address("activity")
    assert NOBODY in client.get(page, {"who": "nobody-of-this-name"}).content.decode()
    assert NOBODY not in client.get(page, {"who": "contributor"}).content.decode()
    assert NOBODY not in client.get(page).content.decode()


def test_the_sentence_tells_nobodys_sign_in_to_whoever_may_not_read_the_directory(
    world: World, client_of: ClientOf, address: Address
) -> None:
    reads = RoleDefinition.objects.create(tenant=world.contoso, name="log", actions=[actions.AUDIT_READ])
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["bystander"].id,
        role=reads, scope=world.contoso.scope,
    )  # fmt: skip
    client, page = client_of("bystander"), address("activity")
    for who in ("contributor", "contributo", "nobody-of-this-name"):
        answer = client.get(page, {"who": who})
        assert answer.context["form"]["who"].help_text == "Nobody here is called that."
    owners = client_of("owner").get(page, {"who": "contributo"})
    assert owners.context["form"]["who"].help_text == "Nobody here is called that, or signs in as that."
    assert NOBODY not in client_of("owner").get(page, {"who": "contributor"}).content.decode()


def test_somebody_of_another_tenant_is_nobody_here(
    world: World, client_of: ClientOf, address: Address
) -> None:
    stranger, owner = world.principal("stranger"), world.principal("owner")
    assert people(world.fabrikam, "stranger", by=stranger)["people"] == [world.people["stranger"].id]
    assert people(world.contoso, "stranger", by=owner) == {"names": ["stranger"]}
    answer = client_of("auditor").get(address("activity"), {"who": "stranger"})
    assert NOBODY in answer.content.decode()


def test_whoever_reads_one_machine_is_not_told_who_else_there_is(
    world: World, client_of: ClientOf, address: Address
) -> None:
    give(world.people["bystander"], world.contoso, CONSOLE_AUDITOR, world.vm.scope)
    client, page = client_of("bystander"), address("activity", scope=world.vm.scope)
    for who in ("contributor", "nobody-of-this-name"):
        answer = client.get(page, {"who": who})
        assert answer.context["lines"] == []
        assert NOBODY not in answer.content.decode()


def test_a_name_that_only_sealed_files_hold_is_looked_for_there(world: World) -> None:
    assert people(world.contoso, "Gone Person", by=world.principal("owner")) == {"names": ["Gone Person"]}


def test_people_are_the_same_after_a_job_has_read_them(world: World) -> None:
    kept = Filters(names=["a"], people=[world.people["watcher"].id])
    assert from_json(to_json(kept)) == kept


def test_that_sign_ins_are_elsewhere_is_said_where_people_are_chosen(
    client_of: ClientOf, address: Address
) -> None:
    client, page = client_of("auditor"), address("activity")
    told = "which platform staff read"
    assert told in client.get(page, {"family": "Homeport.Directory/"}).content.decode()
    assert told not in client.get(page).content.decode()


def test_among_too_many_names_only_a_whole_one_is_found_and_that_is_said(
    world: World, note: Note, client_of: ClientOf, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = note("contributor", actions.VM_WRITE, world.vm.scope)
    note("watcher", actions.VM_WRITE, world.vm.scope)
    page, name = address("activity"), entry.principal_name
    owner = client_of("owner")
    monkeypatch.setattr(audit_names, "MOST", 1)
    for who, found in ((name, [entry]), ("contributor", [entry]), (name[:-1], [])):
        shown = owner.get(page, {"who": who})
        assert [line.entry for line in shown.context["lines"]] == found
        assert "so only who is called exactly that is found" in shown.content.decode()
    monkeypatch.setattr(audit_names, "MOST", 100)
    assert "called exactly that" not in owner.get(page, {"who": name}).content.decode()


def test_the_field_promises_sign_ins_to_those_alone_who_may_find_them(
    world: World, client_of: ClientOf, address: Address
) -> None:
    give(world.people["bystander"], world.contoso, READER, world.vm.scope)
    narrow = client_of("bystander").get(address("activity", scope=world.vm.scope)).content.decode()
    assert 'placeholder="Name or id"' in narrow
    assert 'placeholder="Name or sign-in"' in client_of("owner").get(address("activity")).content.decode()
