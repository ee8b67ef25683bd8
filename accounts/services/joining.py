"""Invitations as those invited see them: open or not, accepted by somebody who exists or by a new account."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import access, actions, principals
from accounts.models import Invitation, Membership, User
from accounts.principals import Principal
from accounts.services.people import create_user
from accounts.services.tenants import accept_invitation


class InvitationIsGone(Exception):
    """Used, expired, withdrawn, or given by somebody who may no longer give it."""


@dataclass(frozen=True)
class Place:
    tenant_id: UUID | None
    scope: str


def open_by_hash(token_hash: str) -> Invitation | None:
    found = (
        Invitation.objects.filter(
            token_hash=token_hash, accepted_at=None, expires_at__gt=timezone.now(), tenant__is_active=True
        )
        .select_related("tenant", "role")
        .first()
    )
    return found if found and _inviter_still_may(found) else None


def _inviter_still_may(invitation: Invitation) -> bool:
    """A link outlives neither the inviter's stay in the tenant nor their right to give what it gives."""
    if invitation.invited_by_id is None:
        return True
    inviter = Principal(
        principals.USER,
        invitation.invited_by_id,
        invitation.invited_by_name,
        invitation.tenant_id,
        mfa_at=timezone.now(),
    )
    if not access.decide(inviter, actions.DIRECTORY_WRITE, invitation.tenant).allowed:
        return False
    place = Place(invitation.tenant_id, invitation.scope or invitation.tenant.scope)
    return invitation.role is None or access.decide(inviter, actions.ASSIGNMENT_WRITE, place).allowed


@transaction.atomic
def accept(*, by: Principal, token_hash: str, user: User) -> Invitation:
    invitation = open_by_hash(token_hash)
    if invitation is None or _is_suspended(invitation, user):
        raise InvitationIsGone
    if not accept_invitation(by=by, invitation=invitation, user=user):
        raise InvitationIsGone
    return invitation


def _is_suspended(invitation: Invitation, user: User) -> bool:
    """A link would bring back roles that were kept for whoever enables the person again."""
    return Membership.objects.filter(tenant=invitation.tenant_id, user=user, is_active=False).exists()


@transaction.atomic
def create_account(
    *, token_hash: str, username: str, display_name: str, password: str, address: str = ""
) -> tuple[Invitation, User]:
    """The account and its membership, or neither; bad input leaves the invitation open."""
    invitation = open_by_hash(token_hash)
    if invitation is None:
        raise InvitationIsGone
    by = principals.system(f"invitation by {invitation.invited_by_name}", invitation.tenant_id)
    user = create_user(
        by=by, username=username, password=password, display_name=display_name, email=invitation.email
    )
    invited = Principal(principals.USER, user.id, user.display_name, invitation.tenant_id, address=address)
    accept(by=invited, token_hash=token_hash, user=user)
    return invitation, user
