"""Reads about people and tenants that more than one page needs."""

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts import scopes
from accounts.models import (
    Group,
    Membership,
    RoleAssignment,
    ServicePrincipal,
    SignIn,
    StaffGrant,
    Tenant,
    User,
)
from accounts.models.roles import PrincipalKind


def tenants_open_to(sign_in: SignIn) -> list[Tenant]:
    """Memberships first, then tenants a live staff grant opens; a provider's sign-in reaches its own tenant only."""
    member = Q(memberships__user_id=sign_in.user_id, memberships__is_active=True)
    granted = Q(id__in=StaffGrant.objects.live().filter(staff_id=sign_in.user_id).values("tenant_id"))
    tenants = Tenant.objects.filter(member | granted, is_active=True).distinct().order_by("name")
    if sign_in.only_tenant_id is not None:
        tenants = tenants.filter(id=sign_in.only_tenant_id)
    return list(tenants)


def people_of(tenant: Tenant) -> "QuerySet[User]":
    members = Membership.objects.filter(tenant=tenant, is_active=True)
    return User.objects.filter(id__in=members.values("user_id"))


def principal_names(tenant: Tenant, ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """id → (kind, name) for those of the ids that belong to the tenant."""
    found: dict[UUID, tuple[str, str]] = {}
    for user in people_of(tenant).filter(id__in=ids):
        found[user.id] = (PrincipalKind.USER, str(user))
    for group in Group.objects.filter(tenant=tenant, id__in=ids):
        found[group.id] = (PrincipalKind.GROUP, group.name)
    for program in ServicePrincipal.objects.filter(tenant=tenant, id__in=ids):
        found[program.id] = (PrincipalKind.SERVICE_PRINCIPAL, program.name)
    return found


def assignments_at(tenant: Tenant, scope: str) -> "QuerySet[RoleAssignment]":
    """Assignments that hold at a scope: made there, or at one it lies in."""
    return RoleAssignment.objects.filter(tenant=tenant, scope_key__in=scopes.ancestors(scope, tenant.id))
