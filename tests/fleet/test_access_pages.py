"""Access control at every scope: who sees it, who changes it, what it says, and what it costs."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.access import decide
from accounts.models import AuditEntry, Group, GroupMember, RoleAssignment, RoleDefinition, SignIn, User
from accounts.roles import (
    CONSOLE_OPERATOR,
    CONSOLE_WATCHER,
    CONTRIBUTOR,
    OWNER,
    READER,
    USER_ACCESS_ADMINISTRATOR,
    VM_CONTRIBUTOR,
)
from accounts.services.people import create_service_principal
from accounts.services.roles import assign_role, remove_assignment, save_custom_role
from accounts.services.tenants import change_tenant
from portal.fleet.models import ScaleSet, Subscription, VirtualMachine, VirtualNetwork
from tests.world import SYSTEM, World, give, person, role

ClientOf = Callable[[str], Client]


def at(name: str, scope: str, *before: object) -> str:
    return reverse(name, args=[*before, scope.lstrip("/")])


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def group_with(world: World, name: str, *members: str) -> Group:
    group = Group.objects.create(tenant=world.contoso, name=name)
    GroupMember.objects.bulk_create(GroupMember(group=group, user=world.people[one]) for one in members)
    return group


def give_group(world: World, group: Group, built_in: object, scope: str) -> RoleAssignment:
    return assign_role(
        by=SYSTEM,
        tenant=world.contoso,
        principal_kind="Group",
        principal_id=group.id,
        role=role(built_in),
        scope=scope,
    )  # type: ignore[arg-type]


def assignment(world: World, who: str, built_in: object) -> RoleAssignment:
    return RoleAssignment.objects.get(principal_id=world.people[who].id, role_id=built_in.id)  # type: ignore[attr-defined]


def test_every_kind_of_scope_has_its_page_for_the_owner_and_none_for_strangers(
    world: World, client_of: ClientOf
) -> None:
    scale_set = ScaleSet.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="farm"
    )
    instance = VirtualMachine.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="farm_0", os="Linux",
        scale_set=scale_set, instance_id=0,
    )  # fmt: skip
    network = VirtualNetwork.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="net"
    )
    owner, stranger, bystander = client_of("owner"), client_of("stranger"), client_of("bystander")
    things = [
        world.contoso,
        world.subscription,
        world.group,
        world.vm,
        world.storage,
        scale_set,
        instance,
        network,
    ]
    for thing in things:
        for page in ("access", "access_add", "access_check", "activity"):
            assert owner.get(at(page, thing.scope)).status_code == 200, (page, thing)
            assert stranger.get(at(page, thing.scope)).status_code == 404, (page, thing)
            assert bystander.get(at(page, thing.scope)).status_code == 403, (page, thing)
    assert (
        owner.get(
            at("access", f"{world.group.scope}/providers/Microsoft.Compute/virtualMachines/none")
        ).status_code
        == 404
    )


def test_a_reader_sees_who_has_access_and_cannot_change_it(world: World, client_of: ClientOf) -> None:
    url, mine = at("access_add", world.vm.scope), assignment(world, "watcher", CONSOLE_WATCHER)
    chosen = {"who": f"User:{world.people['bystander'].id}", "role": str(READER.id), "expiry": "never"}
    reader, owner = client_of("reader"), client_of("owner")
    page = text(reader.get(at("access", world.vm.scope)))
    assert "contributor" in page
    assert f'href="{url}"' not in page
    assert "/access/remove/" not in page
    offered = text(owner.get(at("access", world.vm.scope)))
    assert f'href="{url}"' in offered
    assert "/access/remove/" in offered
    assert reader.post(url, chosen).status_code == 403
    assert reader.post(at("access_remove", world.contoso.scope, mine.id)).status_code == 403
    refused = (
        AuditEntry.objects.filter(outcome="refused").values_list("principal_name", "action").order_by("id")
    )
    assert list(refused) == [("reader", actions.ASSIGNMENT_WRITE), ("reader", actions.ASSIGNMENT_DELETE)]
    assert owner.post(url, chosen).status_code == 302
    assert owner.post(at("access_remove", world.contoso.scope, mine.id)).status_code == 302
    assert not RoleAssignment.objects.filter(id=mine.id).exists()


def test_it_says_where_an_assignment_comes_from_and_links_there_only_for_who_may_look(
    world: World, client_of: ClientOf
) -> None:
    give(world.people["reader"], world.contoso, CONTRIBUTOR, world.subscription.scope)
    page = text(client_of("owner").get(at("access", world.vm.scope)))
    assert f'inherited from <a href="/access{world.contoso.scope}">Contoso</a>' in page
    assert f'inherited from <a href="/access{world.subscription.scope}">production</a>' in page
    limited = text(client_of("contributor").get(at("access", world.vm.scope)))
    assert "inherited from production" in limited
    assert f'href="/access{world.subscription.scope}"' not in limited


def test_an_assignment_below_or_beside_is_not_listed(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, world.other_vm.scope)
    owner = client_of("owner")
    assert "bystander" in text(owner.get(at("access", world.other_vm.scope)))
    for scope in (world.vm.scope, world.group.scope, world.contoso.scope):
        assert "bystander" not in text(owner.get(at("access", scope)))


def test_groups_tell_how_many_are_in_them_and_are_found_by_their_members(
    world: World, client_of: ClientOf
) -> None:
    give_group(
        world, group_with(world, "Night shift", "bystander", "watcher"), VM_CONTRIBUTOR, world.group.scope
    )
    owner = client_of("owner")
    page = text(owner.get(at("access", world.vm.scope), {"q": "bystander"}))
    assert "Night shift" in page
    assert "2 people" in page
    assert "Night shift" not in text(owner.get(at("access", world.vm.scope), {"q": "auditor"}))
    assert "Night shift" not in text(owner.get(at("access", world.vm.scope), {"kind": "User"}))


def test_expired_assignments_are_shown_only_when_asked_for(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, CONSOLE_OPERATOR, world.vm.scope)
    RoleAssignment.objects.filter(role_id=CONSOLE_OPERATOR.id).update(
        expires_at=timezone.now() - timedelta(hours=1)
    )
    owner = client_of("owner")
    assert "bystander" not in text(owner.get(at("access", world.vm.scope)))
    listed = text(owner.get(at("access", world.vm.scope), {"state": "expired"}))
    assert "bystander" in listed
    assert "expired</span>" in listed


def test_it_filters_by_role_and_pages_without_losing_anybody(world: World, client_of: ClientOf) -> None:
    for number in range(60):
        person(f"guard-{number:02}", world.contoso, READER, world.vm.scope)
    owner, url, seen = client_of("owner"), at("access", world.vm.scope), ""
    first = owner.get(url, {"q": "guard"})
    seen += text(first)
    follow = first.context["listed"].next
    assert first.context["listed"].count == "60"
    seen += text(owner.get(f"{url}?{follow}"))
    assert all(f"guard-{number:02}" in seen for number in range(60))
    assert "owner" not in [row.assignment.holder for row in owner.get(url, {"q": "Reader"}).context["rows"]]


@pytest.mark.parametrize(("span", "hours"), [("1h", 1), ("8h", 8), ("1d", 24), ("7d", 168)])
def test_access_is_given_for_the_span_that_was_chosen(
    world: World, client_of: ClientOf, span: str, hours: int
) -> None:
    who = world.people["bystander"]
    answer = client_of("owner").post(
        at("access_add", world.vm.scope),
        {"who": f"User:{who.id}", "role": str(VM_CONTRIBUTOR.id), "expiry": span},
    )
    assert answer.status_code == 302
    given = RoleAssignment.objects.get(principal_id=who.id)
    assert given.scope == world.vm.scope
    assert given.granted_by_name == "owner"
    assert abs(given.expires_at - timezone.now() - timedelta(hours=hours)) < timedelta(minutes=1)  # type: ignore[operator]
    assert decide(world.principal("bystander"), actions.CONNECT, world.vm).allowed


def test_wrong_choices_get_a_sentence_at_the_field_and_lose_nothing(
    world: World, client_of: ClientOf
) -> None:
    owner, url = client_of("owner"), at("access_add", world.vm.scope)
    stranger = world.people["stranger"]
    page = text(owner.post(url, {"who": f"User:{stranger.id}", "role": str(READER.id), "expiry": "date"}))
    assert "no such person, group or service principal in this tenant" in page
    assert "Choose the date and time at which it ends." in page
    assert f'value="{READER.id}" checked' in page
    past = owner.post(
        url,
        {
            "who": f"User:{world.people['reader'].id}",
            "role": str(uuid4()),
            "expiry": "date",
            "until": "2020-01-01T10:00",
        },
    )
    assert "This moment has passed." in text(past)
    assert "There is no such role in this tenant." in text(past)
    assert "Choose who it is for" in text(owner.post(url, {}))
    assert (
        not RoleAssignment.objects.filter(scope=world.vm.scope)
        .exclude(principal_id=world.people["contributor"].id)
        .exists()
    )


def test_a_custom_role_of_another_tenant_cannot_be_given(world: World, client_of: ClientOf) -> None:
    theirs = RoleDefinition(name="Theirs", actions=["*"])
    save_custom_role(by=SYSTEM, tenant=world.fabrikam, role=theirs)
    ours = RoleDefinition(name="Ours", actions=["*/read"])
    save_custom_role(by=SYSTEM, tenant=world.contoso, role=ours)
    owner, url = client_of("owner"), at("access_add", world.vm.scope)
    who = f"User:{world.people['bystander'].id}"
    page = text(owner.get(url))
    assert "Ours" in page
    assert "Theirs" not in page
    assert owner.post(url, {"who": who, "role": str(theirs.id), "expiry": "never"}).status_code == 200
    assert owner.post(url, {"who": who, "role": str(ours.id), "expiry": "never"}).status_code == 302


def test_whoever_gives_access_on_one_vm_gives_it_there_and_nowhere_else(
    world: World, client_of: ClientOf
) -> None:
    give(world.people["bystander"], world.contoso, USER_ACCESS_ADMINISTRATOR, world.vm.scope)
    chosen = {
        "who": f"User:{world.people['watcher'].id}",
        "role": str(OWNER.id),
        "expiry": "never",
        "scope": world.contoso.scope,
    }
    client = client_of("bystander")
    assert client.post(at("access_add", world.contoso.scope), chosen).status_code == 403
    assert client.post(at("access_add", world.other_vm.scope), chosen).status_code == 403
    assert client.post(at("access_add", world.vm.scope), chosen).status_code == 302
    assert (
        RoleAssignment.objects.get(principal_id=world.people["watcher"].id, role_id=OWNER.id).scope
        == world.vm.scope
    )
    inherited = assignment(world, "reader", READER)
    assert client.post(at("access_remove", world.vm.scope, inherited.id)).status_code == 403
    assert RoleAssignment.objects.filter(id=inherited.id).exists()
    assert client_of("owner").post(at("access_remove", world.vm.scope, inherited.id)).status_code == 302


def test_the_picker_works_by_htmx_and_by_its_button(world: World, client_of: ClientOf) -> None:
    create_service_principal(by=SYSTEM, tenant=world.contoso, name="water-meter")
    owner = client_of("owner")
    found = text(owner.get(at("access_principals", world.vm.scope), {"find": "wat"}))
    assert "watcher" in found
    assert "water-meter" in found
    assert "stranger" not in text(
        owner.get(at("access_principals", world.vm.scope), {"find": "stranger"})
    ).replace("“stranger”", "")
    page = text(
        owner.post(at("access_add", world.vm.scope), {"look": "1", "find": "watch", "role": str(READER.id)})
    )
    assert f'value="User:{world.people["watcher"].id}"' in page
    assert f'value="{READER.id}" checked' in page
    assert "Choose who it is for" not in page
    assert not RoleAssignment.objects.filter(scope=world.vm.scope, role_id=READER.id).exists()


def test_whoever_may_not_read_the_directory_is_offered_only_whom_the_list_names(
    world: World, client_of: ClientOf
) -> None:
    url = at("access_principals", world.vm.scope)
    assert "bystander" in text(client_of("owner").get(url, {"find": "by"}))
    limited = client_of("contributor")
    assert "User:" not in text(limited.get(url, {"find": "by"}))
    assert "User:" in text(limited.get(url, {"find": "reader"}))
    check = {"who": f"User:{world.people['bystander'].id}", "action": actions.CONNECT}
    assert "bystander" in text(client_of("owner").get(at("access_check", world.vm.scope), check))
    assert "bystander" not in text(limited.get(at("access_check", world.vm.scope), check))


def test_sign_in_names_and_who_is_in_a_group_are_searched_only_for_whoever_may_read_the_directory(
    world: World, client_of: ClientOf
) -> None:
    somebody = person("whall42", world.contoso, READER, world.vm.scope)
    give_group(world, group_with(world, "Early shift", "auditor"), VM_CONTRIBUTOR, world.vm.scope)
    User.objects.filter(id=somebody.id).update(display_name="Wanda Hall")
    User.objects.filter(id=world.people["auditor"].id).update(display_name="Zoe", username="quixote")
    url, picker = at("access", world.vm.scope), at("access_principals", world.vm.scope)
    owner, limited = client_of("owner"), client_of("contributor")
    for reader in (owner, limited):
        assert "Wanda Hall" in text(reader.get(url, {"q": "wanda"}))
        assert "Early shift" in text(reader.get(url, {"q": "early"}))
        assert "Wanda Hall" in text(reader.get(picker, {"find": "wanda"}))
    assert "Wanda Hall" in text(owner.get(url, {"q": "hall4"}))
    assert "Early shift" in text(owner.get(url, {"q": "quix"}))
    assert "Early shift" in text(owner.get(url, {"q": "zoe"}))
    assert "whall42" in text(owner.get(picker, {"find": "hall4"}))
    assert "Wanda Hall" not in text(limited.get(url, {"q": "hall4"}))
    assert "Early shift" not in text(limited.get(url, {"q": "quix"}))
    assert "Early shift" not in text(limited.get(url, {"q": "z"}))
    assert "Wanda Hall" not in text(limited.get(picker, {"find": "hall4"}))
    assert "whall42" not in text(limited.get(picker, {"find": "wanda"}))


def test_the_preview_says_what_will_happen_and_changes_nothing(world: World, client_of: ClientOf) -> None:
    group = group_with(world, "Night shift", "bystander", "watcher")
    before = RoleAssignment.objects.count()
    answer = client_of("owner").post(
        at("access_add", world.vm.scope) + "?preview=1",
        {"who": f"Group:{group.id}", "role": str(OWNER.id), "expiry": "8h"},
    )
    said = text(answer)
    assert "Night shift gets the role Owner on web-1" in said
    assert "That is 2 people now" in said
    assert "give access to others" in said
    assert "It ends on" in said
    assert RoleAssignment.objects.count() == before


def test_removing_asks_first_and_names_who_loses_what(world: World, client_of: ClientOf) -> None:
    give(world.people["contributor"], world.contoso, READER, world.vm.scope)
    held = RoleAssignment.objects.get(
        principal_id=world.people["contributor"].id, scope=world.vm.scope, role_id=VM_CONTRIBUTOR.id
    )
    owner, url = client_of("owner"), at("access_remove", world.vm.scope, held.id)
    asked = text(owner.get(url))
    assert "contributor loses the role Virtual Machine Contributor on web-1" in asked
    assert "Consoles open by this role alone end" in asked
    assert "What stays: Reader." in asked
    assert "your own access" not in asked
    assert RoleAssignment.objects.filter(id=held.id).exists()
    assert owner.post(url).status_code == 302
    assert not decide(world.principal("contributor"), actions.CONNECT, world.vm).allowed


def test_whoever_removes_their_own_access_is_told_and_lands_where_they_still_may(
    world: World, client_of: ClientOf
) -> None:
    other = person("second", world.contoso, OWNER)
    assert other.is_active
    mine = assignment(world, "owner", OWNER)
    client, url = client_of("owner"), at("access_remove", world.contoso.scope, mine.id)
    assert "This is your own access." in text(client.get(url))
    assert client.post(url).headers["Location"] == "/"


def test_own_access_through_a_group_is_told_too(world: World, client_of: ClientOf) -> None:
    held = give_group(world, group_with(world, "Owners", "owner"), OWNER, world.contoso.scope)
    asked = text(client_of("owner").get(at("access_remove", world.contoso.scope, held.id)))
    assert "This is your own access." in asked
    assert "The group has 1 person in it." in asked


def test_the_last_owner_stays(world: World, client_of: ClientOf) -> None:
    mine = assignment(world, "owner", OWNER)
    client, url = client_of("owner"), at("access_remove", world.contoso.scope, mine.id)
    answer = client.post(url)
    assert answer.status_code == 200
    assert "no owner left" in text(answer)
    shortened = client.post(
        at("access_add", world.contoso.scope),
        {"who": f"User:{mine.principal_id}", "role": str(OWNER.id), "expiry": "1h"},
    )
    assert "no owner left" in text(shortened)
    assert RoleAssignment.objects.get(id=mine.id).expires_at is None
    person("second", world.contoso, OWNER)
    assert client.post(url).status_code == 302


def test_two_people_removing_the_same_access_record_it_once(world: World, client_of: ClientOf) -> None:
    held = assignment(world, "reader", READER)
    same = RoleAssignment.objects.get(id=held.id)
    assert remove_assignment(by=world.principal("owner"), assignment=held) is True
    assert remove_assignment(by=world.principal("owner"), assignment=same) is False
    assert AuditEntry.objects.filter(action=actions.ASSIGNMENT_DELETE).count() == 1
    late = client_of("owner").post(at("access_remove", world.contoso.scope, same.id), follow=True)
    assert "somebody removed it" in text(late)
    assert AuditEntry.objects.filter(action=actions.ASSIGNMENT_DELETE).count() == 1


def test_names_are_shown_as_text_whatever_is_in_them(world: World, client_of: ClientOf) -> None:
    evil = '<img src=x onerror="alert(1)">'
    user = person("mallory", world.contoso, READER, world.vm.scope)
    user.display_name = evil
    user.save()
    save_custom_role(
        by=SYSTEM, tenant=world.contoso, role=RoleDefinition(name=evil, actions=["*/read"], description=evil)
    )
    held = RoleAssignment.objects.get(principal_id=user.id)
    owner = client_of("owner")
    check = {"who": f"User:{user.id}", "action": actions.CONNECT}
    for answer in (
        owner.get(at("access", world.vm.scope)),
        owner.get(at("access_add", world.vm.scope)),
        owner.get(at("access_check", world.vm.scope), check),
        owner.get(at("access_principals", world.vm.scope), {"find": "mallory"}),
        owner.get(at("access_remove", world.vm.scope, held.id)),
        owner.get(reverse("role_list")),
        owner.get(reverse("role", args=[READER.id])),
    ):
        assert "<img" not in answer.content.decode()
        assert "&lt;img" in answer.content.decode()


def test_check_access_says_what_the_gate_says_for_everybody(world: World, client_of: ClientOf) -> None:
    owner, url = client_of("owner"), at("access_check", world.vm.scope)
    for who in ("owner", "reader", "contributor", "watcher", "auditor", "bystander"):
        for action in (
            actions.CONNECT,
            actions.WATCH,
            actions.VM_READ,
            actions.ASSIGNMENT_WRITE,
            actions.LOG_READ,
        ):
            answer = owner.get(url, {"who": f"User:{world.people[who].id}", "action": action})
            allowed = decide(world.principal(who), action, world.vm).allowed
            explanation = answer.context["explanation"]
            assert explanation.decision.allowed is allowed, (who, action)
            assert ("Allowed" in text(answer)) is allowed
            assert bool(explanation.would_grant) is not allowed


def test_a_refusal_is_explained_role_by_role(world: World, client_of: ClientOf) -> None:
    user = world.people["bystander"]
    give(user, world.contoso, READER, world.group.scope)
    give(user, world.contoso, CONTRIBUTOR, world.subscription.scope)
    give(user, world.contoso, OWNER, world.other_vm.scope)
    give(user, world.contoso, USER_ACCESS_ADMINISTRATOR, world.vm.scope)
    RoleAssignment.objects.filter(role_id=USER_ACCESS_ADMINISTRATOR.id).update(
        expires_at=timezone.now() - timedelta(days=1)
    )
    said = text(
        client_of("owner").get(
            at("access_check", world.vm.scope), {"who": f"User:{user.id}", "action": actions.ASSIGNMENT_WRITE}
        )
    )
    assert "bystander may not do this here: Give access." in said
    assert (
        "The action is not among the role&#x27;s actions." in said
        or "The action is not among the role's actions." in said
    )
    assert "The role excludes the action (notActions)." in said
    assert "It would grant the action, but only there." in said
    assert ">Expired<" in said
    assert f">{actions.ASSIGNMENT_WRITE}</code>" in said
    assert f">{world.vm.scope}</code>" in said
    assert ">User Access Administrator</a>" in said.split("Roles that would grant it")[1]


def test_roles_elsewhere_are_not_told_to_who_may_not_see_them(world: World, client_of: ClientOf) -> None:
    give(world.people["reader"], world.contoso, OWNER, world.windows_vm.scope)
    give(world.people["reader"], world.contoso, OWNER, world.other_vm.scope)
    check = {"who": f"User:{world.people['reader'].id}", "action": actions.CONNECT}
    url = at("access_check", world.vm.scope)
    assert world.other_vm.scope in text(client_of("owner").get(url, check))
    limited = client_of("contributor").get(url, check)
    assert limited.status_code == 200
    assert world.other_vm.scope not in text(limited)


def test_it_names_the_group_through_which_somebody_may(world: World, client_of: ClientOf) -> None:
    give_group(world, group_with(world, "Night shift", "bystander"), VM_CONTRIBUTOR, world.group.scope)
    said = text(
        client_of("owner").get(
            at("access_check", world.vm.scope),
            {"who": f"User:{world.people['bystander'].id}", "action": actions.CONNECT},
            headers={"HX-Request": "true"},
        )
    )
    assert "<html" not in said
    assert "held through the group Night shift, assigned at web" in said


def test_address_rules_and_the_second_factor_are_told(world: World, client_of: ClientOf) -> None:
    Subscription.objects.filter(id=world.subscription.id).update(address_rules=["10.0.0.0/8"])
    owner, url = client_of("owner"), at("access_check", world.vm.scope)
    check = {"who": f"User:{world.people['contributor'].id}", "action": actions.CONNECT}
    said = text(owner.get(url, check))
    assert "10.0.0.0/8" in said
    assert "Enter an address to check it." in said
    assert "is in none of them" in text(owner.get(url, {**check, "address": "192.0.2.1"}))
    assert "Allowed" in text(owner.get(url, {**check, "address": "10.1.1.1"}))
    change_tenant(by=SYSTEM, tenant=world.contoso, require_mfa=True)
    SignIn.objects.update(mfa_at=timezone.now())
    assert "requires multi-factor sign-in" in text(owner.get(url, {**check, "address": "10.1.1.1"}))


def test_free_text_actions_and_service_principals_can_be_checked(world: World, client_of: ClientOf) -> None:
    assert world.program is not None
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="ServicePrincipal", principal_id=world.program.id,
        role=role(VM_CONTRIBUTOR), scope=world.vm.scope,
    )  # fmt: skip
    owner, url = client_of("owner"), at("access_check", world.vm.scope)
    who = f"ServicePrincipal:{world.program.id}"
    restart = "Microsoft.Compute/virtualMachines/restart/action"
    assert "Allowed" in text(owner.get(url, {"who": who, "other": restart}))
    assert "Look for a slip" not in text(owner.get(url, {"who": who, "other": "Microsoft.Sql/servers/read"}))
    assert "An action looks like" in text(owner.get(url, {"who": who, "other": "not an action"}))


@pytest.mark.parametrize("page", ["access", "access_check"])
def test_the_page_takes_as_many_queries_for_thousands_as_for_one(
    world: World, client_of: ClientOf, django_assert_max_num_queries: object, page: str
) -> None:
    owner = client_of("owner")
    RoleAssignment.objects.bulk_create(
        RoleAssignment(
            tenant=world.contoso, principal_kind="User", principal_id=uuid4(), role=role(READER),
            scope=world.vm.scope, scope_key=world.vm.scope.lower(), granted_by_name="bulk",
        )
        for _ in range(3000)
    )  # fmt: skip
    with django_assert_max_num_queries(11):  # type: ignore[operator]
        assert owner.get(at(page, world.vm.scope)).status_code == 200
