"""The roles pages: what a role allows, who has it, and custom roles from their first line to their end."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import actions, events
from accounts.access import decide
from accounts.models import AuditEntry, RoleAssignment, RoleDefinition
from accounts.role_selectors import as_json, roles_of
from accounts.roles import CONTRIBUTOR, OWNER, READER, VM_CONTRIBUTOR
from accounts.services.roles import assign_role, delete_custom_role, save_custom_role
from accounts.services.tenants import grant_staff, invite
from tests.world import SYSTEM, World, role

ClientOf = Callable[[str], Client]
LISTS = {"description": "", "actions": "", "not_actions": "", "data_actions": "", "not_data_actions": ""}


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def custom(world: World, name: str = "Restarter", *patterns: str) -> RoleDefinition:
    definition = RoleDefinition(name=name, actions=list(patterns) or [actions.VM_READ])
    return save_custom_role(by=SYSTEM, tenant=world.contoso, role=definition)


def test_the_owner_and_the_reader_see_roles_and_others_do_not(world: World, client_of: ClientOf) -> None:
    mine = custom(world)
    pages = [reverse("role_list"), reverse("role", args=[mine.id]), reverse("role", args=[OWNER.id])]
    for page in pages:
        assert client_of("owner").get(page).status_code == 200
        assert client_of("reader").get(page).status_code == 200
        assert client_of("contributor").get(page).status_code == 403
    assert client_of("stranger").get(pages[1]).status_code == 404


def test_only_who_may_write_roles_does(world: World, client_of: ClientOf) -> None:
    mine = custom(world)
    given = {**LISTS, "name": "Looker", "actions": "*/read"}
    urls = [reverse("role_new"), reverse("role_edit", args=[mine.id]), reverse("role_delete", args=[mine.id])]
    for who in ("reader", "auditor", "contributor"):
        client = client_of(who)
        assert [client.post(url, given).status_code for url in urls] == [403, 403, 403]
    assert client_of("stranger").post(urls[1], given).status_code == 404
    assert "New custom role" not in text(client_of("reader").get(reverse("role_list")))
    owner = client_of("owner")
    assert [owner.post(url, {**given, "name": f"Looker {n}"}).status_code for n, url in enumerate(urls)] == [
        302
    ] * 3


def test_assignments_are_counted_in_this_tenant_alone(world: World) -> None:
    counts = {one.id: one.uses for one in roles_of(world.contoso)}  # type: ignore[attr-defined]
    assert counts[OWNER.id] == 1
    assert counts[VM_CONTRIBUTOR.id] == 2
    assert counts[CONTRIBUTOR.id] == 0
    assert {one.id: one.uses for one in roles_of(world.fabrikam)}[VM_CONTRIBUTOR.id] == 0  # type: ignore[attr-defined]


def test_a_role_shows_who_has_it_only_to_who_may_see_access(world: World, client_of: ClientOf) -> None:
    looker = custom(world, "Roles only", actions.ROLE_READ)
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["bystander"].id, role=looker,
        scope=world.contoso.scope,
    )  # fmt: skip
    url = reverse("role", args=[VM_CONTRIBUTOR.id])
    shown = text(client_of("owner").get(url))
    assert world.vm.scope in shown
    assert "contributor" in shown
    hidden = text(client_of("bystander").get(url))
    assert world.vm.scope not in hidden
    assert "not who has them" in hidden


def test_a_role_is_shown_in_words_and_in_arms_shape(world: World, client_of: ClientOf) -> None:
    page = text(client_of("owner").get(reverse("role", args=[READER.id])))
    assert "See a virtual machine and its state" in page
    assert "Connect to a serial console and type" not in page
    shape = as_json(role(READER))
    assert shape["name"] == str(READER.id)
    assert json.loads(json.dumps(shape))["properties"]["permissions"][0]["actions"] == ["*/read"]
    assert "&quot;roleName&quot;: &quot;Reader&quot;" in page


def test_a_custom_role_starts_from_a_built_in_one_and_grants_what_it_says(
    world: World, client_of: ClientOf
) -> None:
    owner = client_of("owner")
    start = text(owner.get(reverse("role_new"), {"from": str(VM_CONTRIBUTOR.id)}))
    assert "Microsoft.SerialConsole/serialPorts/*" in start
    assert "Virtual Machine Contributor (copy)" in start
    owner.post(
        reverse("role_new"),
        {**LISTS, "name": "  Night   watch ", "actions": "Microsoft.SerialConsole/*\r\n\r\n Microsoft.Compute/*/read \n",
         "not_actions": actions.CONNECT},
    )  # fmt: skip
    made = RoleDefinition.objects.get(tenant=world.contoso)
    assert made.name == "Night watch"
    assert made.actions == ["Microsoft.SerialConsole/*", "Microsoft.Compute/*/read"]
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["bystander"].id, role=made,
        scope=world.vm.scope,
    )  # fmt: skip
    who = world.principal("bystander")
    assert decide(who, actions.WATCH, world.vm).allowed
    assert not decide(who, actions.CONNECT, world.vm).allowed


@pytest.mark.parametrize(
    ("field", "line", "sentence"),
    [
        ("actions", "Microsoft.Compute/virtual machines/read", "has a space in it"),
        ("actions", "reader", "has no slash"),
        ("not_actions", "Microsoft.Compute//read", "is not the shape of an action"),
        ("data_actions", "Microsoft.Compute/{x}/read", "is not the shape of an action"),
        ("actions", "a/" + "b" * 300, "is too long"),
    ],
)
def test_a_line_of_unknown_shape_is_named_and_nothing_typed_is_lost(
    world: World, client_of: ClientOf, field: str, line: str, sentence: str
) -> None:
    owner = client_of("owner")
    typed = {**LISTS, "name": "Mine", "actions": "*/read", field: line}
    answer = owner.post(reverse("role_new"), typed)
    assert sentence in text(answer)
    assert answer.context["form"][field].errors
    assert line in answer.content.decode()
    assert 'value="Mine"' in text(answer)
    assert not RoleDefinition.objects.filter(tenant=world.contoso).exists()
    assert owner.post(reverse("role_new"), {**typed, field: "*/read"}).status_code == 302


def test_an_empty_role_and_a_taken_name_are_refused(world: World, client_of: ClientOf) -> None:
    owner, url = client_of("owner"), reverse("role_new")
    custom(world, "Restarter")
    assert "at least one action" in text(owner.post(url, {**LISTS, "name": "Empty"}))
    for taken in ("Restarter", "restarter", "Owner"):
        assert "There is a role of this name." in text(
            owner.post(url, {**LISTS, "name": taken, "actions": "*/read"})
        )
    assert "This field is required." in text(owner.post(url, {**LISTS, "actions": "*/read"}))


def test_a_line_that_covers_nothing_known_is_a_warning_and_no_error(
    world: World, client_of: ClientOf
) -> None:
    owner = client_of("owner")
    typed = {
        **LISTS,
        "name": "Odd",
        "actions": "Microsoft.Sql/servers/read\n*/read",
        "data_actions": actions.VM_READ,
    }
    preview = text(owner.post(reverse("role_preview"), typed))
    assert "“Microsoft.Sql/servers/read” covers no action" in preview
    assert f"“{actions.VM_READ}” covers no action" in preview
    assert "“*/read” covers" not in preview
    assert "See a virtual machine and its state" in preview
    saved = text(owner.post(reverse("role_new"), typed, follow=True))
    assert "The role Odd is saved." in saved
    assert "covers no action that Homeport knows" in saved


def test_the_preview_follows_lines_that_are_wrong_without_failing(world: World, client_of: ClientOf) -> None:
    preview = text(
        client_of("owner").post(
            reverse("role_preview"), {**LISTS, "name": "", "actions": "two words", "data_actions": "*"}
        )
    )
    assert "has a space in it" in preview
    assert "Read logs kept in a storage account" in preview
    assert client_of("reader").post(reverse("role_preview"), LISTS).status_code == 403


def test_built_in_roles_can_be_neither_edited_nor_deleted(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    mine = custom(world)
    for page in ("role_edit", "role_delete"):
        assert owner.get(reverse(page, args=[OWNER.id])).status_code == 404
        assert owner.post(reverse(page, args=[OWNER.id]), LISTS).status_code == 404
        assert owner.get(reverse(page, args=[mine.id])).status_code == 200
    with pytest.raises(ValidationError, match="Built-in roles stay"):
        delete_custom_role(by=SYSTEM, role=role(OWNER))


def test_a_role_in_use_is_not_deleted_and_says_by_what(world: World, client_of: ClientOf) -> None:
    owner, mine = client_of("owner"), custom(world)
    url = reverse("role_delete", args=[mine.id])
    invitation, _token = invite(by=SYSTEM, tenant=world.contoso, email="new@example.org", role=mine)
    assert "An open invitation gives this role." in text(owner.post(url))
    invitation.delete()
    held = assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="User", principal_id=world.people["reader"].id, role=mine,
        scope=world.vm.scope,
    )  # fmt: skip
    assert "still assigned" in text(owner.get(url))
    assert "still assigned" in text(owner.post(url))
    held.delete()
    assert owner.post(url).status_code == 302
    assert not RoleDefinition.objects.filter(id=mine.id).exists()
    assert AuditEntry.objects.filter(action="Microsoft.Authorization/roleDefinitions/delete").count() == 1


def test_a_role_named_by_a_staff_grant_stays(world: World) -> None:
    mine = custom(world)
    grant_staff(
        by=SYSTEM, staff=world.people["staff"], tenant=world.contoso, role=mine, reason="ticket 7", hours=1
    )
    with pytest.raises(ValidationError, match="platform staff"):
        delete_custom_role(by=SYSTEM, role=mine)


def test_a_changed_role_is_announced_and_recorded(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, object]] = []
    mine = custom(world)
    monkeypatch.setattr(events, "announce", lambda kind, tenant_id, **fields: told.append((kind, tenant_id)))
    client_of("owner").post(
        reverse("role_edit", args=[mine.id]), {**LISTS, "name": "Restarter", "actions": actions.VM_WRITE}
    )
    assert (events.ACCESS_CHANGED, world.contoso.id) in told
    assert AuditEntry.objects.filter(action=actions.ROLE_WRITE).latest("id").details["actions"] == [
        actions.VM_WRITE
    ]


def test_the_list_takes_no_more_queries_for_more_roles(world: World, client_of: ClientOf) -> None:
    owner, url = client_of("owner"), reverse("role_list")
    with CaptureQueriesContext(connection) as few:
        owner.get(url)
    for number in range(40):
        custom(world, f"Role {number}")
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            tenant=world.contoso, principal_kind="User", principal_id=user.id, role=role(CONTRIBUTOR),
            scope=world.vm.scope, scope_key=world.vm.scope.lower(), granted_by_name="bulk",
        )
        for user in world.people.values()
    )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        owner.get(url)
    assert len(many) <= len(few) < 12
