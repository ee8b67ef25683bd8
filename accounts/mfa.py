"""What proves a person a second time: an authenticator app, recovery codes, passkeys. Reads and checks.

Changes to them are in services/factors.py; the ceremonies of passkeys in passkeys.py.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import throttle
from accounts.models import RecoveryCode, Tenant, User
from accounts.requests import PortalRequest
from accounts.throttle import Locked

FRESH = timedelta(minutes=10)
PROVED_KEY = "password_proved_at"
APP, RECOVERY = "authenticator app", "recovery code"


def authenticator(user: User) -> TOTPDevice | None:
    device: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device


def has_factor(user: User) -> bool:
    """Recovery codes stand in for a factor; they are none by themselves."""
    return user.passkeys.exists() or authenticator(user) is not None


def codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def tenants_requiring(user: User) -> list[Tenant]:
    mine = Tenant.objects.filter(memberships__user=user, memberships__is_active=True, is_active=True)
    return list(mine.filter(require_mfa=True))


def lock_key(user: User) -> str:
    return throttle.key_of("code", str(user.id))


def check_code(user: User, typed: str) -> str | None:
    """Which kind of code it was, or None; raises Locked. Each code is good for one time, whoever is first."""
    until = throttle.count(lock_key(user))
    if until is not None:
        raise Locked(until)
    code = "".join(typed.split()).replace("-", "").upper()
    if code.isascii() and code.isdigit() and len(code) == 6:
        kind = APP if _app_accepts(user, code) else None
    else:
        kind = RECOVERY if _use_recovery_code(user, code) else None
    if kind:
        throttle.forget(lock_key(user))
    return kind


@transaction.atomic
def _app_accepts(user: User, code: str) -> bool:
    """The row lock and the remembered time step refuse the same code a second time."""
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    return bool(device and device.verify_token(code))


def _use_recovery_code(user: User, code: str) -> bool:
    unused = RecoveryCode.objects.filter(user=user, code_hash=recovery_hash(user, code), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def recovery_hash(user: User, code: str) -> str:
    """Keyed, because sixty bits alone could be tried out by whoever has a copy of the database."""
    return salted_hmac(f"homeport.recovery.{user.id}", code, algorithm="sha256").hexdigest()


def recently_confirmed(request: PortalRequest) -> bool:
    """With a factor it counts when that was last used; without one, when the password was last typed."""
    oldest = timezone.now() - FRESH
    if has_factor(request.user):
        return request.sign_in.mfa_at is not None and request.sign_in.mfa_at > oldest
    proved = request.session.get(PROVED_KEY, 0)
    return request.sign_in.started_at > oldest or proved > oldest.timestamp()
