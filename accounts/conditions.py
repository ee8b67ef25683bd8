"""What is asked besides roles: a fresh enough second factor, and an address from which acting is allowed. In: facts. Out: yes or no."""

import ipaddress
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from accounts import principals
from accounts.models import Tenant
from accounts.principals import Principal


def mfa_is_missing(principal: Principal, tenant: Tenant) -> bool:
    if not tenant.require_mfa or principal.kind != principals.USER:
        return False
    if principal.mfa_at is None:
        return True
    # a token keeps the sign-in it was made in; its own expiry bounds it
    oldest = timezone.now() - timedelta(minutes=tenant.mfa_max_age_minutes)
    return principal.token_id is None and principal.mfa_at < oldest


def address_allowed(address: str, rules: Iterable[str]) -> bool:
    try:
        asking = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asking in ipaddress.ip_network(rule, strict=False) for rule in rules)
