from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts import access, actions
from accounts.access import Verdict, decide, visible_to
from accounts.models import AuditEntry, Group, Membership, RoleAssignment, StaffGrant
from accounts.roles import CONSOLE_WATCHER, CONTRIBUTOR, READER, VM_CONTRIBUTOR
from accounts.services.credentials import create_token
from accounts.services.people import save_group, set_active, set_members
from accounts.services.roles import assign_role
from accounts.services.tenants import grant_staff
from portal.fleet.models import ScaleSet, Subscription, VirtualMachine
from tests.world import SYSTEM, World, give, role


def verdict(world: World, person: str, action: str, resource: access.Resource) -> Verdict:
    return decide(world.principal(person), action, resource).verdict


def test_it_lets_an_owner_connect_and_hides_the_vm_from_a_stranger(world: World) -> None:
    assert verdict(world, "owner", actions.CONNECT, world.vm) is Verdict.ALLOWED
    assert verdict(world, "stranger", actions.CONNECT, world.vm) is Verdict.UNSEEN


def test_it_lets_a_contributor_of_one_vm_connect_there_and_nowhere_else(world: World) -> None:
    assert verdict(world, "contributor", actions.CONNECT, world.vm) is Verdict.ALLOWED
    assert verdict(world, "contributor", actions.CONNECT, world.other_vm) is Verdict.MISSING_ROLE


def test_it_lets_a_watcher_watch_but_not_connect(world: World) -> None:
    assert verdict(world, "watcher", actions.WATCH, world.vm) is Verdict.ALLOWED
    assert verdict(world, "watcher", actions.CONNECT, world.vm) is Verdict.MISSING_ROLE


def test_a_contributor_may_change_machines_but_not_rights(world: World) -> None:
    give(world.people["bystander"], world.contoso, CONTRIBUTOR, world.contoso.scope)
    assert verdict(world, "bystander", actions.VM_WRITE, world.vm) is Verdict.ALLOWED
    assert verdict(world, "bystander", actions.ASSIGNMENT_WRITE, world.vm) is Verdict.MISSING_ROLE
    assert verdict(world, "bystander", actions.DIRECTORY_WRITE, world.contoso) is Verdict.MISSING_ROLE
    assert verdict(world, "owner", actions.ASSIGNMENT_WRITE, world.vm) is Verdict.ALLOWED


def test_a_right_to_read_everything_does_not_read_logs(world: World) -> None:
    assert verdict(world, "reader", actions.STORAGE_READ, world.storage) is Verdict.ALLOWED
    assert verdict(world, "reader", actions.LOG_READ, world.storage) is Verdict.MISSING_ROLE
    assert verdict(world, "auditor", actions.LOG_READ, world.storage) is Verdict.ALLOWED


@pytest.mark.parametrize("level", ["subscription", "group", "vm"])
def test_a_role_is_inherited_by_what_lies_within_its_scope(world: World, level: str) -> None:
    assert verdict(world, "bystander", actions.CONNECT, world.vm) is Verdict.MISSING_ROLE
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, getattr(world, level).scope.upper())
    assert verdict(world, "bystander", actions.CONNECT, world.vm) is Verdict.ALLOWED


def test_an_instance_inherits_from_its_scale_set(world: World) -> None:
    base = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    scale_set = ScaleSet.objects.create(name="pool", **base)
    instance = VirtualMachine.objects.create(
        name="pool_2", os="Linux", scale_set=scale_set, instance_id=2, **base
    )
    assert instance.scope.endswith("/virtualMachineScaleSets/pool/virtualMachines/2")
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, scale_set.scope)
    assert verdict(world, "bystander", actions.CONNECT, instance) is Verdict.ALLOWED
    seen = visible_to(world.principal("bystander"), actions.CONNECT, VirtualMachine.objects.all())
    assert list(seen) == [instance]


def test_a_role_given_to_a_group_reaches_its_members(world: World) -> None:
    group = save_group(by=SYSTEM, tenant=world.contoso, group=Group(name="on call"))
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="Group", principal_id=group.id, role=role(VM_CONTRIBUTOR),
        scope=world.group.scope,
    )  # fmt: skip
    assert verdict(world, "bystander", actions.CONNECT, world.vm) is Verdict.MISSING_ROLE
    set_members(by=SYSTEM, group=group, users=[world.people["bystander"]])
    assert verdict(world, "bystander", actions.CONNECT, world.vm) is Verdict.ALLOWED
    set_members(by=SYSTEM, group=group, users=[])
    assert verdict(world, "bystander", actions.CONNECT, world.vm) is Verdict.MISSING_ROLE


def test_an_expired_assignment_grants_nothing(world: World) -> None:
    held = RoleAssignment.objects.filter(principal_id=world.people["contributor"].id)
    assert verdict(world, "contributor", actions.CONNECT, world.vm) is Verdict.ALLOWED
    held.update(expires_at=timezone.now())
    assert verdict(world, "contributor", actions.CONNECT, world.vm) is Verdict.MISSING_ROLE
    assert not visible_to(
        world.principal("contributor"), actions.VM_READ, VirtualMachine.objects.all()
    ).exists()


def test_a_disabled_person_or_a_suspended_membership_sees_nothing(world: World) -> None:
    assert verdict(world, "owner", actions.VM_READ, world.vm) is Verdict.ALLOWED
    set_active(by=SYSTEM, user=world.people["owner"], active=False)
    assert verdict(world, "owner", actions.VM_READ, world.vm) is Verdict.UNSEEN
    assert verdict(world, "contributor", actions.VM_READ, world.vm) is Verdict.ALLOWED
    Membership.objects.filter(user=world.people["contributor"]).update(is_active=False)
    assert verdict(world, "contributor", actions.VM_READ, world.vm) is Verdict.UNSEEN


def test_an_assignment_in_another_tenant_never_crosses_the_wall(world: World) -> None:
    RoleAssignment.objects.create(
        tenant=world.fabrikam, principal_kind="User", principal_id=world.people["stranger"].id, role=role(VM_CONTRIBUTOR),
        scope=world.vm.scope, granted_by_name="forged",
    )  # fmt: skip
    assert verdict(world, "stranger", actions.CONNECT, world.vm) is Verdict.UNSEEN
    assert verdict(world, "stranger", actions.CONNECT, world.foreign_vm) is Verdict.ALLOWED
    seen = visible_to(world.principal("stranger"), actions.VM_READ, VirtualMachine.objects.all())
    assert list(seen) == [world.foreign_vm]


def test_staff_have_no_access_without_a_grant_and_only_its_role_with_one(world: World) -> None:
    assert verdict(world, "staff", actions.VM_READ, world.vm) is Verdict.UNSEEN
    grant = grant_staff(
        by=SYSTEM,
        staff=world.people["staff"],
        tenant=world.contoso,
        role=role(CONSOLE_WATCHER),
        reason="ticket 7",
        hours=1,
    )
    assert verdict(world, "staff", actions.WATCH, world.vm) is Verdict.ALLOWED
    assert verdict(world, "staff", actions.CONNECT, world.vm) is Verdict.MISSING_ROLE
    with_token = replace(world.principal("staff"), token_id=uuid4())
    assert decide(with_token, actions.WATCH, world.vm).verdict is Verdict.UNSEEN
    with pytest.raises(ValidationError):
        create_token(by=SYSTEM, user=world.people["staff"], tenant=world.contoso, name="t", days=1)
    assert create_token(by=SYSTEM, user=world.people["owner"], tenant=world.contoso, name="t", days=1)
    StaffGrant.objects.filter(id=grant.id).update(until=timezone.now())
    assert verdict(world, "staff", actions.WATCH, world.vm) is Verdict.UNSEEN


def test_a_tenant_that_requires_a_second_factor_gets_it_asked_again_after_its_age(world: World) -> None:
    world.contoso.require_mfa, world.contoso.mfa_max_age_minutes = True, 60
    world.contoso.save()
    owner = world.principal("owner")
    assert decide(owner, actions.VM_READ, world.vm).verdict is Verdict.MFA_NEEDED
    with pytest.raises(access.Refused):
        visible_to(owner, actions.VM_READ, VirtualMachine.objects.all())
    fresh = type(owner)(**{**vars(owner), "mfa_at": timezone.now()})
    assert decide(fresh, actions.VM_READ, world.vm).allowed
    stale = type(owner)(**{**vars(owner), "mfa_at": timezone.now() - timedelta(minutes=61)})
    assert decide(stale, actions.VM_READ, world.vm).verdict is Verdict.MFA_NEEDED


def test_address_rules_of_a_subscription_let_others_look_but_not_act(world: World) -> None:
    Subscription.objects.filter(id=world.subscription.id).update(
        address_rules=["10.0.0.0/8", "2001:db8::/32"]
    )
    vm = VirtualMachine.objects.select_related("subscription").get(id=world.vm.id)
    here = world.principal("owner")
    assert decide(here, actions.VM_READ, vm).allowed
    assert decide(here, actions.CONNECT, vm).verdict is Verdict.ADDRESS
    inside = type(here)(**{**vars(here), "address": "10.1.2.3"})
    assert decide(inside, actions.CONNECT, vm).allowed


def test_a_refused_write_is_audited_and_a_refused_look_is_not(world: World) -> None:
    with pytest.raises(access.Refused):
        access.authorize(world.principal("watcher"), actions.CONNECT, world.vm)
    with pytest.raises(access.Refused):
        access.authorize(world.principal("bystander"), actions.VM_READ, world.vm)
    entry = AuditEntry.objects.get(outcome="refused")
    assert (entry.principal_name, entry.action, entry.scope) == ("watcher", actions.CONNECT, world.vm.scope)
    assert entry.error_code == "AuthorizationFailed"


def test_what_cannot_be_seen_is_never_named(world: World) -> None:
    with pytest.raises(access.NotVisible):
        access.authorize(world.principal("stranger"), actions.CONNECT, world.vm)
    assert not AuditEntry.objects.filter(outcome="refused").exists()


def test_the_list_of_a_reader_takes_no_more_queries_for_more_machines(
    world: World, django_assert_max_num_queries: object
) -> None:
    give(world.people["bystander"], world.contoso, READER, world.group.scope)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        assert (
            visible_to(world.principal("bystander"), actions.VM_READ, VirtualMachine.objects.all()).count()
            == 3
        )
