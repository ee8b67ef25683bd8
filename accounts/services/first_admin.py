"""The one-time link by which an empty installation gets its first tenant and that tenant's owner."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import principals
from accounts.models import FirstAdminLink, RoleDefinition, Tenant, User
from accounts.models.roles import PrincipalKind
from accounts.roles import OWNER
from accounts.secrets import fresh
from accounts.services.people import create_user
from accounts.services.roles import assign_role
from accounts.services.tenants import add_member, create_tenant

LINK_HOURS = 24


class LinkIsGone(Exception):
    """Used, expired, replaced by a newer one, or the installation has people already."""


@transaction.atomic
def new_link_token() -> str | None:
    """The token of a fresh link, which replaces any earlier one; None when somebody exists already."""
    if User.objects.exists():
        return None
    FirstAdminLink.objects.all().delete()
    secret = fresh("hpw")
    FirstAdminLink.objects.create(
        token_hash=secret.hash, expires_at=timezone.now() + timedelta(hours=LINK_HOURS)
    )
    return secret.text


def is_open(token_hash: str) -> bool:
    live = FirstAdminLink.objects.filter(token_hash=token_hash, expires_at__gt=timezone.now())
    return live.exists() and not User.objects.exists()


@transaction.atomic
def create_first_admin(
    *, token_hash: str, name: str, slug: str, username: str, display_name: str, email: str, password: str
) -> tuple[Tenant, User]:
    """Deleting the link is what claims it: of two at once, one deletes nothing. Bad input leaves it as it was."""
    if not is_open(token_hash) or not FirstAdminLink.objects.filter(token_hash=token_hash).delete()[0]:
        raise LinkIsGone
    by = principals.system("first administrator's link")
    user = create_user(
        by=by, username=username, password=password, display_name=display_name, email=email, is_staff=True
    )
    tenant = create_tenant(by=by, name=name, slug=slug)
    add_member(by=by, tenant=tenant, user=user)
    owner = RoleDefinition.objects.get(id=OWNER.id)
    assign_role(
        by=by,
        tenant=tenant,
        principal_kind=PrincipalKind.USER,
        principal_id=user.id,
        role=owner,
        scope=tenant.scope,
    )
    return tenant, user
