"""Who may what: gives and takes roles, and keeps the tenant's own. Each write is announced, so that open consoles look again."""

from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.models import Invitation, RoleAssignment, RoleDefinition, StaffGrant, Tenant
from accounts.models.roles import PrincipalKind
from accounts.principals import Principal
from accounts.selectors import principal_names
from accounts.services.members import keeps_an_owner


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
    with keeps_an_owner(tenant):
        assignment = _assignment_of(principal_id, role, scope) or RoleAssignment(
            id=assignment_id or uuid4(), principal_id=principal_id, role=role, scope=scope
        )
        assignment.tenant, assignment.principal_kind, assignment.expires_at = (
            tenant,
            principal_kind,
            expires_at,
        )
        assignment.granted_by_id, assignment.granted_by_name = by.id, by.name
        assignment.full_clean()
        assignment.save()
    record_assignment(by, actions.ASSIGNMENT_WRITE, assignment)
    return assignment


def _assignment_of(principal_id: UUID, role: RoleDefinition, scope: str) -> RoleAssignment | None:
    return RoleAssignment.objects.filter(
        principal_id=principal_id, role=role, scope_key=scope.lower()
    ).first()


def _check_assignment(
    tenant: Tenant, kind: str, principal_id: UUID, role: RoleDefinition, expires_at: datetime | None
) -> None:
    found = principal_names(tenant, {principal_id}).get(principal_id)
    if found is None or found[0] != kind:
        raise ValidationError(
            {"principal_id": _("There is no such person, group or service principal in this tenant.")}
        )
    if role.tenant_id not in (None, tenant.id):
        raise ValidationError({"role": _("There is no such role in this tenant.")})
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError(
            {"expires_at": _("This moment has passed. Choose a later one, or leave it empty.")}
        )


@transaction.atomic
def remove_assignment(*, by: Principal, assignment: RoleAssignment) -> bool:
    """False when somebody else removed it a moment before: then there is nothing to record either."""
    with keeps_an_owner(assignment.tenant):
        removed, _rows = RoleAssignment.objects.filter(id=assignment.id).delete()
    if removed:
        record_assignment(by, actions.ASSIGNMENT_DELETE, assignment)
    return bool(removed)


def remove_assignments_of(*, by: Principal, tenant: Tenant, principal_id: UUID) -> None:
    held = RoleAssignment.objects.filter(tenant=tenant, principal_id=principal_id)
    for assignment in held.select_related("role", "tenant"):
        remove_assignment(by=by, assignment=assignment)


def record_assignment(by: Principal, action: str, assignment: RoleAssignment, **more: object) -> None:
    """Audits and announces it. A group's change concerns whoever is in it, so it names nobody."""
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
            **more,
        },
    )
    is_group = assignment.principal_kind == PrincipalKind.GROUP
    affected = None if is_group else str(assignment.principal_id)
    events.announce(events.ACCESS_CHANGED, assignment.tenant_id, principal=affected)


@transaction.atomic
def save_custom_role(*, by: Principal, tenant: Tenant, role: RoleDefinition) -> RoleDefinition:
    role.tenant = tenant
    _check_role(tenant, role)
    role.save()
    audit.record(
        by=by,
        action=actions.ROLE_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={
            "role": role.name,
            "id": str(role.id),
            "actions": role.actions,
            "not_actions": role.not_actions,
            "data_actions": role.data_actions,
            "not_data_actions": role.not_data_actions,
        },
    )
    events.announce(events.ACCESS_CHANGED, tenant.id)
    return role


def _check_role(tenant: Tenant, role: RoleDefinition) -> None:
    same = RoleDefinition.objects.filter(Q(tenant=None) | Q(tenant=tenant), name__iexact=role.name)
    if same.exclude(id=role.id).exists():
        raise ValidationError({"name": _("There is a role of this name. Choose another one.")})
    role.full_clean(exclude=["actions"])
    if not role.actions and not role.data_actions:
        raise ValidationError({"actions": _("A role needs at least one action or data action.")})


@transaction.atomic
def delete_custom_role(*, by: Principal, role: RoleDefinition) -> None:
    refuse_if_used(role)
    audit.record(
        by=by,
        action=actions.ROLE_DELETE,
        scope=f"/tenants/{role.tenant_id}",
        tenant_id=role.tenant_id,
        details={"role": role.name, "id": str(role.id)},
    )
    role.delete()


def is_used(role: RoleDefinition) -> bool:
    try:
        refuse_if_used(role)
    except ValidationError:
        return True
    return False


def refuse_if_used(role: RoleDefinition) -> None:
    if role.is_built_in:
        raise ValidationError(_("Built-in roles stay."))
    if role.assignments.exists():
        raise ValidationError(_("This role is still assigned. Remove its assignments first."))
    if Invitation.objects.filter(role=role, accepted_at=None, expires_at__gt=timezone.now()).exists():
        raise ValidationError(_("An open invitation gives this role. Withdraw the invitation first."))
    if StaffGrant.objects.filter(role=role).exists():
        raise ValidationError(
            _("A grant to platform staff names this role, and the record of that grant stays. Keep the role.")
        )
