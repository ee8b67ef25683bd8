"""With which tenant somebody is in good standing at this moment. In: a principal. Out: the tenant, and the staff grant where that is all it stands on."""

from uuid import UUID

from django.db import connection
from django.db.models import UUIDField

from accounts import principals
from accounts.models import ServicePrincipal, StaffGrant, Tenant
from accounts.principals import Principal

# Written out because every decision asks it: composing these joins anew took longer than all else the gate does.
MEMBER = """
    SELECT tenant.* FROM accounts_tenant tenant
    JOIN accounts_membership member ON member.tenant_id = tenant.id AND member.is_active
    JOIN accounts_user person ON person.id = member.user_id AND person.is_active
    WHERE tenant.id = %s AND person.id = %s AND tenant.is_active
"""
IDS = UUIDField()


def standing(principal: Principal) -> tuple[Tenant | None, StaffGrant | None]:
    if principal.id is None or principal.tenant_id is None:
        return None, None
    if principal.kind == principals.SERVICE_PRINCIPAL:
        programs = ServicePrincipal.objects.filter(id=principal.id, is_active=True)
        tenants = Tenant.objects.filter(id=principal.tenant_id, is_active=True)
        return tenants.filter(service_principals__in=programs).first(), None
    tenant = _tenant_of_member(principal.id, principal.tenant_id)
    if tenant is not None:
        return tenant, None
    if (
        principal.token_id is not None
    ):  # a staff grant is for its reason and its hours; a token would carry over to the next
        return None, None
    grant = _grant(principal.id, principal.tenant_id)
    return (grant.tenant, grant) if grant else (None, None)


def _tenant_of_member(user_id: UUID, tenant_id: UUID) -> Tenant | None:
    ids = [IDS.get_db_prep_value(one, connection) for one in (tenant_id, user_id)]
    return next(iter(Tenant.objects.raw(MEMBER, ids)), None)


def _grant(staff_id: UUID, tenant_id: UUID) -> StaffGrant | None:
    grants = StaffGrant.objects.live().filter(staff_id=staff_id, tenant_id=tenant_id, tenant__is_active=True)
    return grants.select_related("tenant", "role").first()
