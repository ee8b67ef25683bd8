from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.models import RoleAssignment, RoleDefinition, Tenant
from accounts.principals import Principal
from accounts.roles import OWNER
from accounts.selectors import principal_names


@transaction.atomic
def assign_role(
    *,
    by: Principal,
    tenant: Tenant,
    principal_kind: str,
    principal_id: UUID,
    role: RoleDefinition,
    scope: str,
    expires_at: datetime | None = None,
    assignment_id: UUID | None = None,
) -> RoleAssignment:
    """Gives a role at a scope; the same role at the same scope again only moves its expiry."""
    _check_assignment(tenant, principal_kind, principal_id, role, expires_at)
    assignment = RoleAssignment.objects.filter(principal_id=principal_id, role=role, scope_key=scope.lower()).first()
    if assignment is None:
        assignment = RoleAssignment(id=assignment_id or uuid4(), principal_id=principal_id, role=role, scope=scope)
    assignment.tenant, assignment.principal_kind, assignment.expires_at = tenant, principal_kind, expires_at
    assignment.granted_by_id, assignment.granted_by_name = by.id, by.name
    assignment.full_clean()
    assignment.save()
    _record(by, actions.ASSIGNMENT_WRITE, assignment)
    return assignment


def _check_assignment(
    tenant: Tenant, kind: str, principal_id: UUID, role: RoleDefinition, expires_at: datetime | None
) -> None:
    found = principal_names(tenant, {principal_id}).get(principal_id)
    if found is None or found[0] != kind:
        raise ValidationError({"principal_id": _("There is no such person, group or service principal in this tenant.")})
    if role.tenant_id not in (None, tenant.id):
        raise ValidationError({"role": _("There is no such role in this tenant.")})
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": _("This moment has passed. Choose a later one, or leave it empty.")})


@transaction.atomic
def remove_assignment(*, by: Principal, assignment: RoleAssignment) -> None:
    if is_last_owner(assignment):
        raise ValidationError(_("This is the tenant's last owner. Make somebody else owner first."))
    _record(by, actions.ASSIGNMENT_DELETE, assignment)
    assignment.delete()


def remove_assignments_of(*, by: Principal, tenant: Tenant, principal_id: UUID) -> None:
    for assignment in RoleAssignment.objects.filter(tenant=tenant, principal_id=principal_id).select_related("role"):
        remove_assignment(by=by, assignment=assignment)


def is_last_owner(assignment: RoleAssignment) -> bool:
    tenant_wide = assignment.tenant.scope.lower()
    if assignment.role_id != OWNER.id or assignment.scope_key != tenant_wide:
        return False
    owners = RoleAssignment.objects.live().filter(tenant=assignment.tenant, role_id=OWNER.id, scope_key=tenant_wide)
    return not owners.exclude(id=assignment.id).filter(expires_at=None).exists()


def _record(by: Principal, action: str, assignment: RoleAssignment) -> None:
    expires = assignment.expires_at.isoformat() if assignment.expires_at else None
    audit.record(
        by=by,
        action=action,
        scope=assignment.scope,
        tenant_id=assignment.tenant_id,
        details={
            "role": assignment.role.name,
            "principal": str(assignment.principal_id),
            "kind": assignment.principal_kind,
            "expires": expires,
        },
    )
    affected = str(assignment.principal_id) if assignment.principal_kind != "Group" else None
    events.announce(events.ACCESS_CHANGED, assignment.tenant_id, principal=affected)


@transaction.atomic
def save_custom_role(*, by: Principal, tenant: Tenant, role: RoleDefinition) -> RoleDefinition:
    role.tenant = tenant
    role.full_clean()
    if not role.actions and not role.data_actions:
        raise ValidationError({"actions": _("A role needs at least one action or data action.")})
    role.save()
    audit.record(
        by=by,
        action=actions.ROLE_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"role": role.name, "actions": role.actions, "not_actions": role.not_actions},
    )
    events.announce(events.ACCESS_CHANGED, tenant.id)
    return role


@transaction.atomic
def delete_custom_role(*, by: Principal, role: RoleDefinition) -> None:
    if role.is_built_in:
        raise ValidationError(_("Built-in roles stay."))
    if role.assignments.exists():
        raise ValidationError(_("This role is still assigned. Remove its assignments first."))
    audit.record(
        by=by,
        action="Microsoft.Authorization/roleDefinitions/delete",
        scope=f"/tenants/{role.tenant_id}",
        tenant_id=role.tenant_id,
        details={"role": role.name},
    )
    role.delete()
