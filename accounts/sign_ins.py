"""Opens and ends sign-ins. In: a person who has proved who they are. Out: a browser session bound to a SignIn row.

A session is worth exactly as much as its row: ending the row ends the session at its next request and its live consoles at once.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from accounts import actions, audit, events, principals
from accounts.models import SignIn, Tenant, User
from accounts.principals import Principal
from accounts.requests import AnyRequest

SESSION_KEY = "sign_in"
TENANT_KEY = "tenant"


def principal_of(
    user: User, *, tenant_id: UUID | None = None, address: str = "", request_id: str = ""
) -> Principal:
    return Principal(
        kind=principals.USER,
        id=user.id,
        name=user.display_name,
        tenant_id=tenant_id,
        address=address,
        request_id=request_id,
    )


def open_sign_in(
    request: AnyRequest,
    user: User,
    *,
    method: str,
    mfa_at: datetime | None = None,
    only_tenant: Tenant | None = None,
    backend: str = "django.contrib.auth.backends.ModelBackend",
) -> SignIn:
    with transaction.atomic():
        sign_in = SignIn.objects.create(
            user=user,
            only_tenant=only_tenant,
            address=request.address or None,
            user_agent=request.headers.get("User-Agent", "")[:200],
            mfa_at=mfa_at,
            epoch=user.sign_in_epoch,
        )
        by = principal_of(user, address=request.address, request_id=request.request_id)
        audit.record(
            by=by,
            action=actions.SIGN_IN,
            scope=f"/users/{user.id}",
            tenant_id=only_tenant.id if only_tenant else None,
            details={"method": method, "multi_factor": mfa_at is not None},
        )
        if request.sign_in is not None:
            earlier = principal_of(
                request.sign_in.user, address=request.address, request_id=request.request_id
            )
            end_sign_in(request.sign_in, by=earlier, reason="signed in again")
    auth.login(request, user, backend=backend)
    request.session[SESSION_KEY] = str(sign_in.id)
    request.sign_in = sign_in
    return sign_in


def factor_proved(sign_in: SignIn) -> None:
    sign_in.mfa_at = timezone.now()
    sign_in.save(update_fields=["mfa_at"])


@transaction.atomic
def confirm_again(sign_in: SignIn, *, by: Principal, method: str) -> None:
    """The person has just proved a second factor; what asks for its age starts counting anew."""
    factor_proved(sign_in)
    audit.record(
        by=by,
        action=actions.CONFIRM,
        scope=f"/users/{sign_in.user_id}",
        tenant_id=by.tenant_id,
        details={"method": method},
    )


def open_ones(user: User | UUID) -> "QuerySet[SignIn]":
    """Where the person is signed in now, latest first: neither ended, nor older than a session gets."""
    oldest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return SignIn.objects.filter(
        user=user, ended_at=None, epoch=F("user__sign_in_epoch"), started_at__gt=oldest
    )


def open_one(user_id: UUID, sign_in_id: UUID | str) -> SignIn | None:
    """Unless it was ended, the person's sign-ins were ended as a whole, or the person was disabled."""
    rows = open_ones(user_id).filter(id=sign_in_id, user__is_active=True)
    return rows.select_related("user").first()


def end_sign_in(sign_in: SignIn, *, by: Principal, reason: str) -> None:
    with transaction.atomic():
        ended = SignIn.objects.filter(id=sign_in.id, ended_at=None).update(
            ended_at=timezone.now(), end_reason=reason
        )
        if ended:
            audit.record(
                by=by,
                action=actions.SIGN_OUT,
                scope=f"/users/{sign_in.user_id}",
                tenant_id=None,
                details={"reason": reason, "sign_in": str(sign_in.id)},
            )
            _tell_tenants(sign_in.user, sign_in=str(sign_in.id), reason=reason)


def end_everywhere(user: User, *, by: Principal, reason: str, keep: SignIn | None = None) -> None:
    """Every browser session of the person ends, but `keep`: the one in which they changed their own password."""
    with transaction.atomic():
        user.sign_in_epoch += 1
        user.save(update_fields=["sign_in_epoch"])
        open_ones = SignIn.objects.filter(user=user, ended_at=None)
        if keep is not None:
            open_ones.filter(id=keep.id).update(epoch=user.sign_in_epoch)
            open_ones = open_ones.exclude(id=keep.id)
        open_ones.update(ended_at=timezone.now(), end_reason=reason)
        audit.record(
            by=by,
            action=actions.SIGN_OUT_EVERYWHERE,
            scope=f"/users/{user.id}",
            tenant_id=by.tenant_id,
            details={"reason": reason},
        )
        _tell_tenants(user, keep=str(keep.id) if keep else None, reason=reason)


def _tell_tenants(user: User, **fields: str | None) -> None:
    """Those they belong to, and those they are in by a staff grant."""
    granted = user.staff_grants.filter(ended_at=None, until__gt=timezone.now())
    of_grants, of_memberships = (
        rows.values_list("tenant_id", flat=True) for rows in (granted, user.memberships)
    )
    for tenant_id in {*of_grants, *of_memberships}:
        events.announce(events.ACCESS_CHANGED, tenant_id, principal=str(user.id), **fields)
