"""When somebody's standing ends by itself. In: a principal. Out: the seconds until the first of what they stand on is over, so that it is looked at then.

No event tells of it, unlike of what somebody does. Whether the rest suffices is the gate's matter.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from accounts.access import assigned_to
from accounts.models import ApiToken, SignIn, StaffGrant, Tenant
from accounts.principals import Principal


def seconds_left(principal: Principal) -> float | None:
    """None: nothing that they stand on ends by itself."""
    now = timezone.now()
    ahead = [moment for moment in _ends(principal) if moment > now]
    return (min(ahead) - now).total_seconds() if ahead else None


def _ends(principal: Principal) -> Iterator[datetime]:
    if principal.token_id is not None:
        tokens = ApiToken.objects.filter(id=principal.token_id)
        yield from (until for until in tokens.values_list("expires_at", flat=True) if until)
    if principal.tenant_id is not None:
        yield from _in_tenant(principal, principal.tenant_id)
    if principal.sign_in_id is not None:
        for started in SignIn.objects.filter(id=principal.sign_in_id).values_list("started_at", flat=True):
            yield started + timedelta(seconds=settings.SESSION_COOKIE_AGE)


def _in_tenant(principal: Principal, tenant_id: UUID) -> Iterator[datetime]:
    grants = StaffGrant.objects.live().filter(staff=principal.id, tenant=tenant_id)
    yield from grants.values_list("until", flat=True)
    held = assigned_to(principal, tenant_id).live()
    yield from (until for until in held.values_list("expires_at", flat=True) if until)
    if principal.mfa_at is not None and principal.token_id is None:
        asked = Tenant.objects.filter(id=tenant_id, require_mfa=True)
        for age in asked.values_list("mfa_max_age_minutes", flat=True):
            yield principal.mfa_at + timedelta(minutes=age)
