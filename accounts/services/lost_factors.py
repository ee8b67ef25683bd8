"""For people who lost every second factor: who may remove them for whom. In: whoever helps. Out: the password alone opens the account."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.directory import belongs_elsewhere
from accounts.models import Tenant, User
from accounts.principals import Principal
from accounts.services.factors import remove_all
from accounts.services.members import refuse_oneself
from accounts.services.password_reset import is_a_tenants


@transaction.atomic
def remove_factors_of_member(*, by: Principal, tenant: Tenant, user: User) -> None:
    """An account that reaches beyond this tenant is nobody's here to weaken."""
    refuse_oneself(by, user)
    if user.is_staff:
        raise ValidationError(
            _("This is an account of the platform's staff. Nobody of a tenant may remove its second factors.")
        )
    if belongs_elsewhere(user, tenant):
        raise ValidationError(
            _(
                "This person belongs to another tenant too, so nobody here may remove their second factors. "
                "Whoever runs the machine can, with manage.py factors_remove."
            )
        )
    remove_all(by=by, user=user)


def check_removal_by_staff(user: User) -> str:
    """Why the staff do not do it for this person; empty when they do."""
    if is_a_tenants(user):
        return _(
            "This person belongs to a tenant. Its administrators remove the second factors, on the person's page."
        )
    return ""


@transaction.atomic
def remove_factors_as_staff(*, by: Principal, user: User) -> None:
    if by.id == user.id:
        raise ValidationError(_("This is your own account. Ask another member of the staff."))
    problem = check_removal_by_staff(user)
    if problem:
        raise ValidationError(problem)
    remove_all(by=by, user=user)
