"""What platform staff do to accounts: switch them off and on, and help those whom no tenant's administrator can help."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import User
from accounts.principals import Principal
from accounts.services.password_reset import is_a_tenants, new_token
from accounts.services.people import set_active


def set_active_as_staff(*, by: Principal, user: User, active: bool) -> None:
    if by.id == user.id:
        raise ValidationError(_("This is your own account. Ask another member of the staff."))
    set_active(by=by, user=user, active=active)


def check_reset_by_staff(user: User) -> str:
    """Why there is no link from the staff for this person; empty when there is one."""
    if not user.is_active:
        return _("This account is disabled. A new password would not open it.")
    if is_a_tenants(user):
        return _(
            "This person belongs to a tenant. Its administrators reset the password, on the person's page."
        )
    return ""


@transaction.atomic
def make_reset_link_as_staff(*, by: Principal, user: User) -> str:
    """Returns the token, once."""
    problem = check_reset_by_staff(user)
    if problem:
        raise ValidationError(problem)
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=f"/users/{user.id}",
        tenant_id=None,
        details={"password_reset_link": user.username, "user": str(user.id)},
    )
    return new_token(user, None)
