from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import access, actions
from accounts.models import Group, GroupMember, RoleAssignment, RoleDefinition
from portal.fleet.models import ResourceGroup, ScaleSet, StorageAccount, Subscription, VirtualMachine
from tests.accounts import reference
from tests.world import World

NAMES = [
    actions.CONNECT,
    actions.WATCH,
    actions.VM_READ,
    actions.VM_WRITE,
    actions.ASSIGNMENT_WRITE,
    actions.STORAGE_KEYS,
    actions.CONSOLE_DISABLE,
]
PATTERNS = [
    *NAMES, "*", "*/read", "*/action", "Microsoft.Compute/*", "microsoft.serialconsole/*", "Microsoft.*/write",
    "Microsoft.SerialConsole/serialPorts/*/action", "*/*", "Microsoft.Compute/virtualMachines/re*d", "nothing",
]  # fmt: skip
patterns = st.lists(st.sampled_from(PATTERNS), max_size=3)
roles = st.builds(lambda yes, no: reference.Role("r", tuple(yes), tuple(no)), patterns.filter(bool), patterns)


@pytest.fixture
def tree(world: World) -> dict[str, object]:
    """A thing of each depth, with neighbours whose names begin alike: web and web-1 must not be confused."""
    base = {"tenant": world.contoso, "subscription": world.subscription}
    near = ResourceGroup.objects.create(name="web-1", **base)
    scale_set = ScaleSet.objects.create(name="pool", resource_group=world.group, **base)
    instance = VirtualMachine.objects.create(
        name="pool_0", os="Linux", scale_set=scale_set, instance_id=0, resource_group=world.group, **base
    )
    return {
        "tenant": world.contoso,
        "subscription": world.subscription,
        "group": world.group,
        "near": near,
        "vm": world.vm,
        "other_vm": world.other_vm,
        "storage": world.storage,
        "scale_set": scale_set,
        "instance": instance,
    }


THINGS = ["tenant", "subscription", "group", "near", "vm", "other_vm", "storage", "scale_set", "instance"]
# weighted so that most examples grant something, at one scope or two: that is where a wrong list shows
holders = st.sampled_from(["person", "person", "person", "group", "group", "other"])
generous = st.just(reference.Role("r", ("*",)))
assignments = st.lists(
    st.tuples(holders, generous | roles, st.sampled_from(THINGS), st.integers(0, 4).map(lambda n: n == 0)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(assignments=assignments, member=st.booleans(), action=st.sampled_from(NAMES))
def test_the_gate_decides_and_lists_as_the_reference_does(
    world: World, tree: dict[str, access.Resource], assignments: list[tuple[str, reference.Role, str, bool]], member: bool, action: str
) -> None:  # fmt: skip
    person, other = world.people["bystander"], world.people["watcher"]
    RoleAssignment.objects.filter(principal_id__in=[person.id, other.id]).delete()
    GroupMember.objects.all().delete()
    group, _ = Group.objects.get_or_create(tenant=world.contoso, name="group")
    if member:
        GroupMember.objects.create(group=group, user=person)
    RoleAssignment.objects.filter(principal_id=group.id).delete()
    ids = {"person": person.id, "group": group.id, "other": other.id}
    RoleDefinition.objects.filter(tenant=world.contoso).delete()
    for number, (holder, role, thing, expired) in enumerate(assignments):
        definition = RoleDefinition.objects.create(
            tenant=world.contoso,
            name=f"r{number}",
            actions=list(role.actions),
            not_actions=list(role.not_actions),
        )
        RoleAssignment.objects.create(
            tenant=world.contoso, principal_kind="User", principal_id=ids[holder], role=definition,
            scope=tree[thing].scope, granted_by_name="t", expires_at=timezone.now() - timedelta(1) if expired else None,
        )  # fmt: skip

    held = [
        reference.Assignment(who, role, tree[thing].scope, expired)
        for who, role, thing, expired in assignments
    ]
    groups = {"group"} if member else set()

    def expected(thing: str) -> bool:
        return reference.may("person", groups, held, action, tree[thing].scope, world.contoso.scope)

    asking = world.principal("bystander")
    for thing in THINGS:
        assert access.decide(asking, action, tree[thing]).allowed == expected(thing), thing
    for model in (Subscription, ResourceGroup, VirtualMachine, ScaleSet, StorageAccount):
        listed = set(access.visible_to(asking, action, model.objects.all()))
        assert {tree[t] for t in THINGS if isinstance(tree[t], model) and expected(t)} == listed & set(
            tree.values()
        )


@given(st.sampled_from(PATTERNS), st.sampled_from(NAMES))
def test_a_pattern_matches_as_a_shell_would_without_case(pattern: str, action: str) -> None:
    assert actions.matches(pattern, action) == reference.role_grants(reference.Role("r", (pattern,)), action)
    assert actions.matches(pattern.upper(), action.lower()) == actions.matches(pattern, action)
