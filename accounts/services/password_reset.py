"""The one-time link with which a person sets a new password. In: a person of one tenant alone. Out: a token kept nowhere.

The token is signed over the password's hash and the sign-in epoch: using it, changing the password or disabling the person kills it.
"""

from datetime import timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.directory import belongs_elsewhere, members_of
from accounts.models import Tenant, User
from accounts.principals import Principal
from accounts.services.members import refuse_oneself
from accounts.services.people import set_password

SALT = "homeport.password-reset"
HOURS = 24


@transaction.atomic
def make_reset_link(*, by: Principal, tenant: Tenant, user: User) -> str:
    """Returns the token, once. An account that reaches beyond this tenant is nobody's here to take over."""
    refuse_oneself(by, user)
    if user.is_staff:
        raise ValidationError(
            _("This is an account of the platform's staff. Nobody of a tenant may reset its password.")
        )
    if belongs_elsewhere(user, tenant):
        raise ValidationError(
            _(
                "This person belongs to another tenant too, so nobody here may reset the password. "
                "They can change it under Account; if it is lost, invite them anew under another user name."
            )
        )
    if not user.is_active:
        raise ValidationError(
            _("The platform's staff have disabled this account. A new password would not open it.")
        )
    if not user.has_usable_password():
        raise ValidationError(
            _("This person signs in through an identity provider and has no password here.")
        )
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=tenant.scope,
        tenant_id=tenant.id,
        details={"password_reset_link": user.username, "user": str(user.id)},
    )
    return new_token(user, tenant)


def new_token(user: User, tenant: Tenant | None) -> str:
    """Without a tenant it is a link from the platform's staff."""
    claim = {"user": str(user.id), "tenant": str(tenant.id) if tenant else "", "state": state_of(user)}
    return signing.dumps(claim, salt=SALT)


def person_of_reset(token: str) -> User | None:
    """Whom the token is for, as long as everything it was made under still holds."""
    try:
        claim = signing.loads(token, salt=SALT, max_age=timedelta(hours=HOURS))
    except signing.BadSignature:
        return None
    if not claim["tenant"]:
        return _person_of_staffs_link(claim)
    tenant = Tenant.objects.filter(id=claim["tenant"], is_active=True).first()
    user = members_of(tenant).filter(id=claim["user"], is_active=True).first() if tenant else None
    if tenant is None or user is None or belongs_elsewhere(user, tenant):
        return None
    return user if constant_time_compare(claim["state"], state_of(user)) else None


def _person_of_staffs_link(claim: dict[str, str]) -> User | None:
    """A link from the admin site, for staff and for people of no tenant."""
    user = User.objects.filter(id=claim["user"], is_active=True).first()
    if user is None or is_a_tenants(user):
        return None
    return user if constant_time_compare(claim["state"], state_of(user)) else None


def is_a_tenants(user: User) -> bool:
    """Whose password is the business of their tenant's administrators, not of the platform's staff."""
    return not user.is_staff and user.memberships.exists()


def state_of(user: User) -> str:
    return salted_hmac(SALT, f"{user.password}{user.sign_in_epoch}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def use_reset_link(*, by: Principal, token: str, password: str) -> User | None:
    """None when somebody used the link a moment before."""
    user = person_of_reset(token)
    if user is None:
        return None
    locked = User.objects.select_for_update().get(id=user.id)
    if locked.password != user.password:
        return None
    set_password(by=by, user=locked, password=password)
    return locked
