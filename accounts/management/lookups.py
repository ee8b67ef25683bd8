"""Finds what an operator names on the command line. In: a name or an id. Out: the one thing it means, or one sentence."""

import getpass
import os
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from accounts import principals
from accounts.models import Group, RoleDefinition, ServicePrincipal, Tenant, User
from accounts.models.roles import PrincipalKind
from accounts.principals import Principal
from accounts.selectors import people_of
from portal.config.commands import Refused, as_uuid

M = TypeVar("M", bound=Model)
SHOWN = 10
MOST_DAYS = 3650


def operator(command: str) -> Principal:
    """Whoever has the machine may do everything on it; the audit log says who it was."""
    return principals.system(f"manage.py {command} by {os_user()}")


def os_user() -> str:
    """With sudo, the person who called it. A container may know a number only."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def checked_days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("--days is 1 to %(most)d.") % {"most": MOST_DAYS})
    return days


def tenant_named(value: str) -> Tenant:
    tenants = Tenant.objects.all()
    found = named(tenants, value, Q(slug=value.lower()) | Q(name=value))
    if len(found) > 1:
        raise Refused(
            _("Several tenants are called %(name)s. Give the short name or the id.") % {"name": value}
        )
    known = ", ".join(tenants.values_list("slug", flat=True)[:SHOWN]) or _("none yet; tenant_add makes one")
    return the_one(
        found, _("There is no tenant %(name)s. There are: %(known)s.") % {"name": value, "known": known}
    )


def user_named(value: str) -> User:
    found = named(User.objects.all(), value, Q(username=value.strip().lower()))
    return the_one(found, _("There is no user %(name)s. user_add makes one.") % {"name": value})


def member_named(tenant: Tenant, value: str) -> User:
    user = user_named(value)
    if not people_of(tenant).filter(id=user.id).exists():
        raise Refused(
            _("%(name)s is no member of %(tenant)s. member_add makes them one.")
            % {"name": value, "tenant": tenant}
        )
    return user


def group_named(tenant: Tenant, value: str) -> Group:
    found = named(Group.objects.filter(tenant=tenant), value, Q(name=value))
    return the_one(
        found,
        _("There is no group %(name)s in %(tenant)s. group_add makes one.")
        % {"name": value, "tenant": tenant},
    )


def program_named(tenant: Tenant, value: str) -> ServicePrincipal:
    wanted = Q(name=value) | Q(client_id=as_uuid(value)) if as_uuid(value) else Q(name=value)
    found = named(ServicePrincipal.objects.filter(tenant=tenant), value, wanted)
    message = _("There is no service principal %(name)s in %(tenant)s. service_principal_add makes one.")
    return the_one(found, message % {"name": value, "tenant": tenant})


def role_named(tenant: Tenant, value: str) -> RoleDefinition:
    roles = RoleDefinition.objects.filter(Q(tenant=None) | Q(tenant=tenant))
    found = named(roles, value, Q(name__iexact=value))
    known = ", ".join(roles.values_list("name", flat=True))
    return the_one(
        found, _("There is no role %(name)s. There are: %(known)s.") % {"name": value, "known": known}
    )


def principal_named(
    tenant: Tenant, *, user: str | None, group: str | None, service_principal: str | None
) -> tuple[str, UUID, str]:
    """(kind, id, name) of whichever of the three was given."""
    if user is not None:
        person = member_named(tenant, user)
        return PrincipalKind.USER, person.id, person.username
    if group is not None:
        people = group_named(tenant, group)
        return PrincipalKind.GROUP, people.id, people.name
    program = program_named(tenant, service_principal or "")
    return PrincipalKind.SERVICE_PRINCIPAL, program.id, program.name


def named(queryset: "QuerySet[M]", value: str, by_name: Q) -> list[M]:
    """What has this id, else what has this name: an id is never ambiguous."""
    wanted = as_uuid(value)
    by_id = list(queryset.filter(pk=wanted)) if wanted else []
    return by_id or list(queryset.filter(by_name)[:2])


def the_one(found: list[M], missing: str) -> M:
    if not found:
        raise Refused(missing)
    return found[0]
