from dataclasses import replace
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.directory import with_second_factor
from accounts.models import AuditChain, Invitation, Membership, RoleDefinition, StaffGrant, Tenant, User
from accounts.models.roles import PrincipalKind
from accounts.principals import SYSTEM, USER, Principal
from accounts.secrets import fresh
from accounts.services.members import keeps_an_owner, refuse_oneself
from accounts.services.roles import assign_role, remove_assignments_of

INVITATION_DAYS = 7
GRANT_HOURS = 8


@transaction.atomic
def create_tenant(*, by: Principal, name: str, slug: str) -> Tenant:
    tenant = Tenant(name=name, slug=slug)
    tenant.full_clean()
    tenant.save()
    AuditChain.objects.create(tenant=tenant)
    audit.record(
        by=by, action=actions.TENANT_WRITE, scope=tenant.scope, tenant_id=tenant.id, details={"created": name}
    )
    return tenant


@transaction.atomic
def change_tenant(*, by: Principal, tenant: Tenant, **changes: object) -> Tenant:
    """Changes name, require_mfa, mfa_max_age_minutes or is_active; live sessions are asked to look again."""
    tenant = Tenant.objects.select_for_update().get(id=tenant.id)
    before = {field: getattr(tenant, field) for field in changes}
    if changes.get("require_mfa") and not tenant.require_mfa:
        _refuse_lock_out(by)
    for field, value in changes.items():
        setattr(tenant, field, value)
    tenant.full_clean()
    tenant.save()
    audit.record(
        by=by,
        action=actions.TENANT_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"before": before, "after": {field: getattr(tenant, field) for field in changes}},
    )
    events.announce(events.ACCESS_CHANGED, tenant.id)
    return tenant


def _refuse_lock_out(by: Principal) -> None:
    """Whoever turns the requirement on must be able to meet it themselves."""
    if by.kind != USER or by.id is None or by.mfa_at is not None:
        return
    if not with_second_factor(User.objects.filter(id=by.id)).exists():
        raise ValidationError(
            {
                "require_mfa": _(
                    "You have no second factor yourself and would lock yourself out. Set one up under Account › Security first."
                )
            }
        )


@transaction.atomic
def add_member(*, by: Principal, tenant: Tenant, user: User) -> Membership:
    membership, _created = Membership.objects.update_or_create(
        tenant=tenant, user=user, defaults={"is_active": True}
    )
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"joined": user.username, "user": str(user.id)},
    )
    return membership


@transaction.atomic
def remove_member(*, by: Principal, tenant: Tenant, user: User) -> None:
    """The person leaves the tenant: membership, groups and assignments go, and whatever they have open ends."""
    refuse_oneself(by, user)
    with keeps_an_owner(tenant):
        remove_assignments_of(by=by, tenant=tenant, principal_id=user.id)
        user.member_of.through.objects.filter(user=user, group__tenant=tenant).delete()
        Membership.objects.filter(tenant=tenant, user=user).delete()
    user.api_tokens.filter(tenant=tenant, revoked_at=None).update(revoked_at=timezone.now())
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"left": user.username, "user": str(user.id)},
    )
    events.announce(events.ACCESS_CHANGED, tenant.id, principal=str(user.id))


@transaction.atomic
def invite(
    *, by: Principal, tenant: Tenant, email: str, role: RoleDefinition | None = None, scope: str = ""
) -> tuple[Invitation, str]:
    """Returns the invitation and the token of its one-time link; the token is kept nowhere."""
    secret = fresh("hpi")
    invitation = Invitation(
        tenant=tenant,
        email=email,
        role=role,
        scope=scope or (tenant.scope if role else ""),
        token_hash=secret.hash,
        invited_by_id=by.id,
        invited_by_name=by.name,
        expires_at=timezone.now() + timedelta(days=INVITATION_DAYS),
    )
    invitation.full_clean()
    invitation.save()
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"invited": email, "role": role.name if role else ""},
    )
    return invitation, secret.text


@transaction.atomic
def accept_invitation(*, by: Principal, invitation: Invitation, user: User) -> bool:
    """False when somebody else accepted it a moment before."""
    claimed = Invitation.objects.filter(id=invitation.id, accepted_at=None).update(accepted_at=timezone.now())
    if not claimed:
        return False
    add_member(by=by, tenant=invitation.tenant, user=user)
    if invitation.role is not None:
        assign_role(
            by=_inviter(invitation, by),
            tenant=invitation.tenant,
            principal_kind=PrincipalKind.USER,
            principal_id=user.id,
            role=invitation.role,
            scope=invitation.scope,
        )
    return True


def _inviter(invitation: Invitation, accepting: Principal) -> Principal:
    """Who gives the role is who invited, not who accepts."""
    kind = USER if invitation.invited_by_id else SYSTEM
    return replace(accepting, kind=kind, id=invitation.invited_by_id, name=invitation.invited_by_name)


@transaction.atomic
def grant_staff(
    *, by: Principal, staff: User, tenant: Tenant, role: RoleDefinition, reason: str, hours: int
) -> StaffGrant:
    grant = StaffGrant(
        staff=staff,
        tenant=tenant,
        role=role,
        reason=reason,
        until=timezone.now() + timedelta(hours=min(hours, GRANT_HOURS)),
        granted_by_name=by.name,
    )
    grant.full_clean()
    grant.save()
    audit.record(
        by=by,
        action=actions.STAFF_GRANT_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={
            "staff": staff.username,
            "role": role.name,
            "reason": reason,
            "until": grant.until.isoformat(),
        },
    )
    return grant


@transaction.atomic
def end_staff_grant(*, by: Principal, grant: StaffGrant) -> None:
    if StaffGrant.objects.filter(id=grant.id, ended_at=None).update(ended_at=timezone.now()):
        audit.record(
            by=by,
            action=actions.STAFF_GRANT_DELETE,
            scope=grant.tenant.scope,
            tenant_id=grant.tenant_id,
            details={"staff": grant.staff.username},
        )
        events.announce(events.ACCESS_CHANGED, grant.tenant_id, principal=str(grant.staff_id))
