"""Adds and removes second factors. Every change is audited, and what a tenant requires cannot be removed."""

import secrets

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import actions, audit, mfa, sign_ins
from accounts.models import Passkey, RecoveryCode, User
from accounts.principals import Principal

RECOVERY_CODES = 10
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
MOST_PASSKEYS = 20


@transaction.atomic
def add_authenticator(*, by: Principal, user: User, key: str, code: str) -> bool:
    """Counts only once a code of it was right; that code is used up, and an earlier app is replaced."""
    _lock(user)
    device = TOTPDevice(user=user, key=key, name="authenticator app", confirmed=True)
    device.save()
    if not device.verify_token(code):
        device.delete()
        return False
    TOTPDevice.objects.filter(user=user).exclude(id=device.id).delete()
    _record(by, user, added="authenticator app")
    return True


@transaction.atomic
def remove_authenticator(*, by: Principal, user: User) -> None:
    _lock(user)
    if not user.passkeys.exists():
        _check_not_required(user)
        RecoveryCode.objects.filter(user=user).delete()
    TOTPDevice.objects.filter(user=user).delete()
    _record(by, user, removed="authenticator app")


@transaction.atomic
def add_passkey(
    *, by: Principal, user: User, name: str, credential_id: bytes, public_key: bytes, sign_count: int
) -> Passkey:
    _lock(user)
    if Passkey.objects.filter(user=user).count() >= MOST_PASSKEYS:
        raise ValidationError(_("You have %(most)d passkeys. Remove one first.") % {"most": MOST_PASSKEYS})
    if Passkey.objects.filter(credential_id=credential_id).exists():
        raise ValidationError(_("This passkey is registered already."))
    passkey = Passkey.objects.create(
        user=user, name=name, credential_id=credential_id, public_key=public_key, sign_count=sign_count
    )
    _record(by, user, added="passkey", name=name)
    return passkey


@transaction.atomic
def remove_passkey(*, by: Principal, passkey: Passkey) -> None:
    user = passkey.user
    _lock(user)
    others = Passkey.objects.filter(user=user).exclude(id=passkey.id)
    if not others.exists() and mfa.authenticator(user) is None:
        _check_not_required(user)
        RecoveryCode.objects.filter(user=user).delete()
    _record(by, user, removed="passkey", name=passkey.name)
    passkey.delete()


@transaction.atomic
def remove_all(*, by: Principal, user: User) -> None:
    """For somebody who lost everything: the password alone opens the account, and a tenant that requires more asks anew."""
    _lock(user)
    TOTPDevice.objects.filter(user=user).delete()
    Passkey.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()
    _record(by, user, removed="all", of=user.username)
    sign_ins.end_everywhere(user, by=by, reason="second factors removed")


@transaction.atomic
def new_recovery_codes(*, by: Principal, user: User) -> list[str]:
    """Ten codes, returned once; whatever was left of earlier ones is worth nothing from now on."""
    _lock(user)
    if not mfa.has_factor(user):
        raise ValidationError(_("Add an authenticator app or a passkey first."))
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, code_hash=mfa.recovery_hash(user, code)) for code in codes
    )
    _record(by, user, added="recovery codes")
    return [f"{code[:4]}-{code[4:8]}-{code[8:]}" for code in codes]


def _lock(user: User) -> None:
    """One change at a time per person, so that two removals cannot both believe the other factor stays."""
    User.objects.select_for_update().get(id=user.id)


def _check_not_required(user: User) -> None:
    tenants = mfa.tenants_requiring(user)
    if tenants:
        raise ValidationError(
            _(
                "%(tenant)s requires a second factor, and this is your last one. Add another before you remove it."
            )
            % {"tenant": tenants[0].name}
        )


def _record(by: Principal, user: User, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.DIRECTORY_WRITE,
        scope=f"/users/{user.id}",
        tenant_id=by.tenant_id,
        details={"second_factor": details},
    )
