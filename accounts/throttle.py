"""Bounds guessing. In: what an attempt is counted under, before it is checked. Out: until when it is locked, if it is.

An attempt is counted first and checked after, so that a hundred at once are a hundred, not one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import SignInThrottle

ADDRESS_FACTOR = 10


def key_of(kind: str, what: str) -> str:
    return salted_hmac(f"homeport.throttle.{kind}", what, algorithm="sha256").hexdigest()


def key_of_address(kind: str, address: str) -> str:
    """Whoever has one IPv6 address has all those of its network."""
    try:
        found = IPv6Address(address)
    except AddressValueError:
        return key_of(kind, address)
    mapped = found.ipv4_mapped
    return key_of(kind, str(mapped or IPv6Network((int(found), 64), strict=False)))


def window() -> timedelta:
    return timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)


def is_any_locked(keys: Iterable[str]) -> bool:
    return SignInThrottle.objects.filter(key__in=keys, locked_until__gt=timezone.now()).exists()


@transaction.atomic
def count(key: str, *, factor: int = 1) -> datetime | None:
    """Counts an attempt; returns until when it is refused, or None when it may be checked."""
    row = _locked_row(key)
    now = timezone.now()
    if row.locked_until is not None and row.locked_until > now:
        return row.locked_until
    if row.locked_until is not None or row.first_at < now - window():
        row.failures, row.first_at, row.locked_until = 0, now, None
    row.failures += 1
    if row.failures >= settings.SIGN_IN_FAILURES * factor:
        row.locked_until = now + window()
    row.save()
    return None


def _locked_row(key: str) -> SignInThrottle:
    rows = SignInThrottle.objects.select_for_update().filter(key=key)
    row = rows.first()
    while row is None:
        SignInThrottle.objects.filter(first_at__lt=timezone.now() - 10 * window()).delete()
        SignInThrottle.objects.get_or_create(key=key, defaults={"first_at": timezone.now()})
        row = rows.first()
    return row


def forget(key: str) -> None:
    SignInThrottle.objects.filter(key=key).update(failures=0, locked_until=None)


@transaction.atomic
def give_back(key: str) -> None:
    """An attempt that turned out right is not held against its address."""
    row = SignInThrottle.objects.select_for_update().filter(key=key, failures__gt=0).first()
    if row is not None:
        row.failures, row.locked_until = row.failures - 1, None
        row.save()


class Locked(Exception):
    """Too many attempts: nothing is checked until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until

    @property
    def minutes(self) -> int:
        left = (self.until - timezone.now()).total_seconds()
        return max(1, int(-(-left // 60)))
