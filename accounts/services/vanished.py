"""What is assigned at a scope goes with the thing there: a later one of the same name must not inherit it."""

from django.db.models import Q, QuerySet

from accounts.models import RoleAssignment, Tenant
from accounts.principals import Principal
from accounts.services.roles import remove_assignment


def assignments_below(*, tenant: Tenant, scope: str) -> "QuerySet[RoleAssignment]":
    key = scope.lower()
    return RoleAssignment.objects.filter(Q(scope_key=key) | Q(scope_key__startswith=f"{key}/"), tenant=tenant)


def remove_assignments_below(*, by: Principal, tenant: Tenant, scope: str) -> int:
    gone = list(assignments_below(tenant=tenant, scope=scope).select_related("role", "tenant"))
    for assignment in gone:
        remove_assignment(by=by, assignment=assignment)
    return len(gone)
