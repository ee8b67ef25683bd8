"""Reads about roles and who holds them. In: a tenant the gate was asked about. Out: role definitions and assignments, with names."""

from dataclasses import asdict
from functools import cache
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import access, actions
from accounts.audit_names import reads_directory
from accounts.models import Group, GroupMember, RoleAssignment, RoleDefinition, ServicePrincipal, Tenant, User
from accounts.principals import Principal
from accounts.roles import BUILT_INS
from accounts.selectors import people_of

IN_FORCE, EXPIRED = "live", "expired"


def roles_of(tenant: Tenant) -> "QuerySet[RoleDefinition]":
    """Built-in roles and the tenant's own, each with `uses`: assignments in this tenant alone."""
    uses = RoleAssignment.objects.filter(tenant=tenant, role=OuterRef("pk")).order_by()
    return RoleDefinition.objects.filter(Q(tenant=None) | Q(tenant=tenant)).annotate(
        uses=Coalesce(Subquery(uses.values("role").annotate(n=Count("pk")).values("n")), 0)
    )


def granted_actions(role: RoleDefinition) -> list[str]:
    """The actions known to Homeport that the role grants."""
    return [action for action in actions.MEANINGS if access.grants(role, action)]


def roles_granting(tenant: Tenant, action: str) -> list[RoleDefinition]:
    roles = RoleDefinition.objects.filter(Q(tenant=None) | Q(tenant=tenant)).order_by("tenant", "name")
    return [role for role in roles if access.grants(role, action)]


@cache
def least_role_for(action: str) -> UUID | None:
    """The built-in one that grants it and lets somebody change as little else as possible."""
    roles = [RoleDefinition(**asdict(role)) for role in BUILT_INS]
    least = min((role for role in roles if access.grants(role, action)), key=_weight, default=None)
    return least.id if least else None


def _weight(role: RoleDefinition) -> tuple[int, int, str]:
    granted = granted_actions(role)
    return sum(not actions.only_looks(one) for one in granted), len(granted), role.name


def named(assignments: "QuerySet[RoleAssignment]") -> "QuerySet[RoleAssignment]":
    """Adds `holder`, the principal's name, and for groups `people`, how many are in it."""

    def name_in(model: type[User] | type[Group] | type[ServicePrincipal], field: str) -> Subquery:
        return Subquery(
            model._default_manager.filter(pk=OuterRef("principal_id")).order_by().values(field)[:1]
        )

    people = GroupMember.objects.filter(group=OuterRef("principal_id")).order_by().values("group")
    return assignments.select_related("role").annotate(
        holder=Coalesce(
            name_in(User, "display_name"),
            name_in(Group, "name"),
            name_in(ServicePrincipal, "name"),
            Value(""),
        ),
        people=Subquery(people.annotate(n=Count("pk")).values("n")),
    )


def held_by(tenant: Tenant, principal_id: UUID) -> "QuerySet[RoleAssignment]":
    """Whatever was assigned to the principal or to its groups, expired or not."""
    groups = GroupMember.objects.filter(user_id=principal_id, group__tenant=tenant).values("group_id")
    mine = Q(principal_id=principal_id) | Q(principal_id__in=groups)
    return RoleAssignment.objects.filter(mine, tenant=tenant)


def search_assignments(
    assignments: "QuerySet[RoleAssignment]",
    tenant: Tenant,
    *,
    by: Principal,
    words: str = "",
    kind: str = "",
    state: str = IN_FORCE,
) -> "QuerySet[RoleAssignment]":
    """`words` are looked for in the holder's name and the role's.

    Only for whoever may read the directory also in sign-in names, and in names of people in the group that holds it: by parts,
    others could spell them out.
    """
    now = timezone.now()
    knows_people = bool(words) and reads_directory(by, tenant)
    for word in words.split():
        fits = Q(holder__icontains=word) | Q(role__name__icontains=word)
        if knows_people:
            people = User.objects.filter(Q(display_name__icontains=word) | Q(username__icontains=word))
            inside = GroupMember.objects.filter(user__in=people, group__tenant=tenant).values("group_id")
            fits |= Q(principal_id__in=people.order_by().values("id")) | Q(principal_id__in=inside)
        assignments = assignments.filter(fits)
    if kind:
        assignments = assignments.filter(principal_kind=kind)
    if state == EXPIRED:
        return assignments.filter(expires_at__lte=now)
    return (
        assignments.filter(Q(expires_at=None) | Q(expires_at__gt=now)) if state == IN_FORCE else assignments
    )


def people_in(tenant: Tenant, group_id: UUID) -> "QuerySet[User]":
    return people_of(tenant).filter(id__in=GroupMember.objects.filter(group_id=group_id).values("user_id"))


def as_json(role: RoleDefinition) -> dict[str, object]:
    """A role definition in ARM's shape."""
    permissions = {
        "actions": role.actions,
        "notActions": role.not_actions,
        "dataActions": role.data_actions,
        "notDataActions": role.not_data_actions,
    }
    return {
        "id": f"/providers/Microsoft.Authorization/roleDefinitions/{role.id}",
        "name": str(role.id),
        "type": "Microsoft.Authorization/roleDefinitions",
        "properties": {
            "roleName": role.name,
            "description": role.description,
            "type": "BuiltInRole" if role.is_built_in else "CustomRole",
            "assignableScopes": ["/" if role.is_built_in else f"/tenants/{role.tenant_id}"],
            "permissions": [permissions],
        },
    }
