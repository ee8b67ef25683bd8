"""Who is platform staff, and the grants through which staff get into a tenant: short, with a reason, seen by the tenant."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit, sign_ins
from accounts.models import RoleDefinition, StaffGrant, Tenant, User
from accounts.principals import Principal
from accounts.services.tenants import GRANT_HOURS, end_staff_grant, grant_staff

SHORTEST_REASON = 10


@transaction.atomic
def set_staff(*, by: Principal, user: User, staff: bool) -> None:
    """Whoever stops being staff loses their grants and signs in again."""
    if user.is_staff == staff:
        return
    if by.id == user.id:
        raise ValidationError(_("This is your own account. Ask another member of the staff."))
    user.is_staff = staff
    user.save(update_fields=["is_staff"])
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=f"/users/{user.id}",
        tenant_id=by.tenant_id,
        details={"user": user.username, "staff": staff},
    )
    if not staff:
        for grant in StaffGrant.objects.filter(staff=user, ended_at=None).select_related("staff", "tenant"):
            end_staff_grant(by=by, grant=grant)
        sign_ins.end_everywhere(user, by=by, reason="no longer staff")


def check_grant(*, staff: User, tenant: Tenant, role: RoleDefinition, reason: str, hours: int) -> None:
    """Every value that is wrong is told at its field."""
    wrong: dict[str, str] = {}
    if not (staff.is_staff and staff.is_active):
        wrong["staff"] = _("Choose an active member of the platform's staff.")
    if not tenant.is_active:
        wrong["tenant"] = _("This tenant is deactivated.")
    if role.tenant_id not in (None, tenant.id):
        wrong["role"] = _("There is no such role in this tenant.")
    if len(reason.strip()) < SHORTEST_REASON:
        wrong["reason"] = _("Say why in at least %(least)d characters; the tenant reads it.") % {
            "least": SHORTEST_REASON
        }
    if not 1 <= hours <= GRANT_HOURS:
        wrong["hours"] = _("Choose 1 to %(most)d hours.") % {"most": GRANT_HOURS}
    if wrong:
        raise ValidationError(dict(wrong))


def open_grant(
    *, by: Principal, staff: User, tenant: Tenant, role: RoleDefinition, reason: str, hours: int
) -> StaffGrant:
    check_grant(staff=staff, tenant=tenant, role=role, reason=reason, hours=hours)
    return grant_staff(by=by, staff=staff, tenant=tenant, role=role, reason=reason.strip(), hours=hours)
