"""Reads for the directory pages of a tenant. In: a tenant the gate was asked about. Out: rows, each with what its page shows."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import (
    Group,
    Invitation,
    Membership,
    Passkey,
    RoleAssignment,
    ServicePrincipal,
    ServicePrincipalSecret,
    SignIn,
    StaffGrant,
    Tenant,
    User,
)

SOON = timedelta(days=14)


def with_second_factor(people: "QuerySet[User]") -> "QuerySet[User]":
    return people.filter(_has_factor())


def without_second_factor(people: "QuerySet[User]") -> "QuerySet[User]":
    return people.exclude(_has_factor())


def _has_factor() -> Q:
    return Q(Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True))) | Q(
        Exists(Passkey.objects.filter(user=OuterRef("pk")))
    )


def with_membership(people: "QuerySet[User]", tenant: Tenant, *, active: bool) -> "QuerySet[User]":
    return people.filter(
        Exists(Membership.objects.filter(tenant=tenant, user=OuterRef("pk"), is_active=active))
    )


def members_of(tenant: Tenant) -> "QuerySet[User]":
    """People of the tenant, suspended ones too, with `member` (is the membership active), `joined_at` and `last_seen`."""
    here = Membership.objects.filter(tenant=tenant, user=OuterRef("pk"))
    seen = SignIn.objects.filter(user=OuterRef("pk")).filter(Q(only_tenant=None) | Q(only_tenant=tenant))
    return User.objects.filter(Exists(here)).annotate(
        member=Subquery(here.values("is_active")),
        joined_at=Subquery(here.values("joined_at")),
        last_seen=Subquery(seen.order_by("-last_seen_at").values("last_seen_at")[:1]),
        second_factor=_has_factor(),
    )


def search_people(people: "QuerySet[User]", words: str) -> "QuerySet[User]":
    for word in words.split():
        people = people.filter(
            Q(display_name__icontains=word) | Q(username__icontains=word) | Q(email__icontains=word)
        )
    return people


def belongs_elsewhere(user: User, tenant: Tenant) -> bool:
    """Whether the account is more than this tenant's: then nobody of this tenant may take hold of it."""
    return user.is_staff or Membership.objects.filter(user=user).exclude(tenant=tenant).exists()


def assignments_of(tenant: Tenant, ids: set[UUID]) -> "QuerySet[RoleAssignment]":
    return RoleAssignment.objects.live().filter(tenant=tenant, principal_id__in=ids).select_related("role")


def groups_of(tenant: Tenant) -> "QuerySet[Group]":
    return Group.objects.filter(tenant=tenant).annotate(size=Count("members"))


def groups_with(tenant: Tenant, user: User) -> "QuerySet[Group]":
    return Group.objects.filter(tenant=tenant, members=user)


def programs_of(tenant: Tenant) -> "QuerySet[ServicePrincipal]":
    """With `live_secrets` and `first_expiry`, the moment at which the next of them ends."""
    live = ServicePrincipalSecret.objects.live().filter(service_principal=OuterRef("pk"))
    return ServicePrincipal.objects.filter(tenant=tenant).annotate(
        live_secrets=Subquery(
            live.order_by().values("service_principal").annotate(n=Count("pk")).values("n")
        ),
        first_expiry=Subquery(live.order_by(F("expires_at").asc(nulls_last=True)).values("expires_at")[:1]),
    )


def open_invitations(tenant: Tenant) -> "QuerySet[Invitation]":
    return Invitation.objects.filter(
        tenant=tenant, accepted_at=None, expires_at__gt=timezone.now()
    ).select_related("role")


def staff_grants_of(tenant: Tenant) -> "QuerySet[StaffGrant]":
    return StaffGrant.objects.filter(tenant=tenant).select_related("staff", "role")
