from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events, sign_ins
from accounts.models import Group, GroupMember, ServicePrincipal, SignIn, Tenant, User
from accounts.principals import Principal
from accounts.selectors import people_of
from accounts.services.members import keeps_an_owner
from accounts.services.roles import remove_assignments_of


@transaction.atomic
def create_user(
    *,
    by: Principal,
    username: str,
    password: str | None,
    display_name: str = "",
    email: str = "",
    is_staff: bool = False,
) -> User:
    user = User(
        username=username.strip().lower(),
        display_name=display_name or username,
        email=email,
        is_staff=is_staff,
    )
    if password is not None:
        validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=f"/users/{user.id}",
        tenant_id=by.tenant_id,
        details={"created": user.username, "staff": is_staff},
    )
    return user


@transaction.atomic
def set_password(*, by: Principal, user: User, password: str, keep: SignIn | None = None) -> None:
    """Every other sign-in of the person ends."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    sign_ins.end_everywhere(user, by=by, reason="password changed", keep=keep)


@transaction.atomic
def set_active(*, by: Principal, user: User, active: bool) -> None:
    """A disabled person's sign-ins and tokens end at once; enabling brings none of them back."""
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        user.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
        sign_ins.end_everywhere(user, by=by, reason="disabled")
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=f"/users/{user.id}",
        tenant_id=by.tenant_id,
        details={"user": user.username, "active": active},
    )


@transaction.atomic
def save_group(*, by: Principal, tenant: Tenant, group: Group) -> Group:
    group.tenant = tenant
    group.full_clean()
    group.save()
    _record_group(by, group, saved=group.name)
    return group


@transaction.atomic
def set_members(*, by: Principal, group: Group, users: Iterable[User]) -> None:
    wanted = {user.id for user in users}
    if people_of(group.tenant).filter(id__in=wanted).count() != len(wanted):
        raise ValidationError(_("Only people of this tenant can be in its groups."))
    memberships = GroupMember.objects.filter(group=group)
    with keeps_an_owner(group.tenant):
        memberships.exclude(user_id__in=wanted).delete()
    present = set(memberships.values_list("user_id", flat=True))
    GroupMember.objects.bulk_create(GroupMember(group=group, user_id=user_id) for user_id in wanted - present)
    _record_group(by, group, members=sorted(map(str, wanted)))
    events.announce(events.ACCESS_CHANGED, group.tenant_id)


@transaction.atomic
def add_to_group(*, by: Principal, group: Group, user: User) -> None:
    if not people_of(group.tenant).filter(id=user.id).exists():
        raise ValidationError(_("Only people of this tenant can be in its groups."))
    _membership, added = GroupMember.objects.get_or_create(group=group, user=user)
    if added:
        _record_group(by, group, added=user.username, user=str(user.id))
        events.announce(events.ACCESS_CHANGED, group.tenant_id, principal=str(user.id))


@transaction.atomic
def remove_from_group(*, by: Principal, group: Group, user: User) -> None:
    with keeps_an_owner(group.tenant):
        removed, _rows = GroupMember.objects.filter(group=group, user=user).delete()
    if removed:
        _record_group(by, group, removed=user.username, user=str(user.id))
        events.announce(events.ACCESS_CHANGED, group.tenant_id, principal=str(user.id))


@transaction.atomic
def delete_group(*, by: Principal, group: Group) -> None:
    with keeps_an_owner(group.tenant):
        remove_assignments_of(by=by, tenant=group.tenant, principal_id=group.id)
        _record_group(by, group, deleted=group.name)
        events.announce(events.ACCESS_CHANGED, group.tenant_id)
        group.delete()


def _record_group(by: Principal, group: Group, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=group.tenant.scope,
        tenant_id=group.tenant_id,
        details={"group": str(group.id), **details},
    )


@transaction.atomic
def create_service_principal(*, by: Principal, tenant: Tenant, name: str) -> ServicePrincipal:
    program = ServicePrincipal(tenant=tenant, name=name)
    program.full_clean()
    program.save()
    _record_program(by, program, created=name)
    return program


@transaction.atomic
def set_program_active(*, by: Principal, program: ServicePrincipal, active: bool) -> None:
    program.is_active = active
    program.save(update_fields=["is_active"])
    if not active:
        program.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    _record_program(by, program, active=active)
    events.announce(events.ACCESS_CHANGED, program.tenant_id, principal=str(program.id))


@transaction.atomic
def delete_service_principal(*, by: Principal, program: ServicePrincipal) -> None:
    remove_assignments_of(by=by, tenant=program.tenant, principal_id=program.id)
    _record_program(by, program, deleted=program.name)
    events.announce(events.ACCESS_CHANGED, program.tenant_id, principal=str(program.id))
    program.delete()


def _record_program(by: Principal, program: ServicePrincipal, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=program.tenant.scope,
        tenant_id=program.tenant_id,
        details={"service_principal": str(program.id), **details},
    )
