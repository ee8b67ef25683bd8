"""Membership of a tenant: suspending and resuming people, and never leaving the tenant without an owner."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events
from accounts.models import GroupMember, Membership, RoleAssignment, Tenant, User
from accounts.models.roles import PrincipalKind
from accounts.principals import Principal
from accounts.roles import OWNER
from accounts.selectors import people_of


@contextmanager
def keeps_an_owner(tenant: Tenant) -> Iterator[None]:
    """What is done inside is refused if it takes the tenant's last owner who can sign in. Changes of one tenant queue up."""
    Tenant.objects.select_for_update().get(id=tenant.id)
    owned = has_owner(tenant)
    yield
    if owned and not has_owner(tenant):
        raise ValidationError(
            _("The tenant would have no owner left who can sign in. Make somebody else owner first.")
        )


def has_owner(tenant: Tenant) -> bool:
    held = RoleAssignment.objects.live().filter(
        tenant=tenant, role_id=OWNER.id, scope_key=tenant.scope.lower(), expires_at=None
    )
    people = people_of(tenant).filter(is_active=True)
    grouped = GroupMember.objects.filter(
        user__in=people,
        group__in=held.filter(principal_kind=PrincipalKind.GROUP).order_by().values("principal_id"),
    )
    return people.filter(id__in=held.order_by().values("principal_id")).exists() or grouped.exists()


@transaction.atomic
def suspend_member(*, by: Principal, tenant: Tenant, user: User) -> None:
    """The person keeps roles and groups but none of them counts; whatever they have open in this tenant ends."""
    refuse_oneself(by, user)
    with keeps_an_owner(tenant):
        changed = Membership.objects.filter(tenant=tenant, user=user, is_active=True).update(is_active=False)
    if changed:
        user.api_tokens.filter(tenant=tenant, revoked_at=None).update(revoked_at=timezone.now())
        _record(by, tenant, user, member=user.username, active=False)


@transaction.atomic
def resume_member(*, by: Principal, tenant: Tenant, user: User) -> None:
    if Membership.objects.filter(tenant=tenant, user=user, is_active=False).update(is_active=True):
        _record(by, tenant, user, member=user.username, active=True)


def refuse_oneself(by: Principal, user: User) -> None:
    if by.id == user.id:
        raise ValidationError(_("This is your own account. Ask another administrator of the tenant."))


def _record(by: Principal, tenant: Tenant, user: User, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"user": str(user.id), **details},
    )
    events.announce(events.ACCESS_CHANGED, tenant.id, principal=str(user.id))
