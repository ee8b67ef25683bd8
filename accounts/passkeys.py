"""The ceremonies of passkeys. In: a browser's answer to a challenge kept in its session. Out: a passkey that was used.

A challenge is good for one answer within five minutes; the relying party is the host name the browser was sent to.
"""

import json
import time
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.models import Passkey, User
from accounts.requests import AnyRequest, PortalRequest

CHALLENGE_SECONDS = 300
Request = AnyRequest | PortalRequest


class NotProved(Exception):
    """The answer does not prove what was asked: unknown or foreign key, wrong origin, stale or used challenge."""


def rp_id(request: Request) -> str:
    """`get_host` has compared the name with the allowed hosts."""
    host = request.get_host()
    return host.rsplit(":", 1)[0] if not host.endswith("]") else host


def origin(request: Request) -> str:
    return f"{request.scheme}://{request.get_host()}"


def registration_options(request: PortalRequest) -> dict[str, Any]:
    user = request.user
    options = generate_registration_options(
        rp_id=rp_id(request),
        rp_name="Homeport",
        user_id=user.id.bytes,
        user_name=user.username,
        user_display_name=user.display_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
        exclude_credentials=_descriptors(user),
    )
    return _asked(request, "create", options)


def registered(request: PortalRequest, answer: dict[str, Any]) -> VerifiedRegistration:
    try:
        return verify_registration_response(
            credential=answer,
            expected_challenge=_challenge(request, "create"),
            expected_rp_id=rp_id(request),
            expected_origin=origin(request),
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotProved from error


def question(request: Request, user: User | None) -> dict[str, Any]:
    """For a known person their own keys; for an unknown one whatever the browser has, with the person verified by it."""
    verification = UserVerificationRequirement.PREFERRED if user else UserVerificationRequirement.REQUIRED
    options = generate_authentication_options(
        rp_id=rp_id(request),
        allow_credentials=_descriptors(user) if user else [],
        user_verification=verification,
    )
    return _asked(request, "get", options)


def proved(request: Request, answer: dict[str, Any], user: User | None) -> Passkey:
    challenge = _challenge(request, "get")
    passkey = _named(answer, user)
    try:
        result = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id(request),
            expected_origin=origin(request),
            credential_public_key=bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=user is None,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotProved from error
    _count(passkey, result.new_sign_count)
    return passkey


def _named(answer: dict[str, Any], user: User | None) -> Passkey:
    try:
        credential_id = base64url_to_bytes(str(answer.get("rawId")))
        handle = (answer.get("response") or {}).get("userHandle")
        whose = UUID(bytes=base64url_to_bytes(handle)) if handle else None
    except (ValueError, AttributeError) as error:
        raise NotProved from error
    keys = Passkey.objects.filter(credential_id=credential_id, user__is_active=True).select_related("user")
    passkey = keys.filter(user=user).first() if user else keys.first()
    if (
        passkey is None
        or (whose is not None and whose != passkey.user_id)
        or (user is None and whose is None)
    ):
        raise NotProved
    return passkey


def _count(passkey: Passkey, new: int) -> None:
    """A counter that did not move forward under us; two answers of one copy cannot both pass."""
    mine = Passkey.objects.filter(id=passkey.id)
    if new:
        mine = mine.filter(sign_count__lt=new)
    if not mine.update(sign_count=new if new else F("sign_count"), last_used_at=timezone.now()):
        raise NotProved


def _descriptors(user: User) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=bytes(key.credential_id))
        for key in Passkey.objects.filter(user=user)
    ]


def _asked(request: Request, kind: str, options: Any) -> dict[str, Any]:
    request.session[f"passkey_{kind}"] = {
        "challenge": bytes_to_base64url(options.challenge),
        "at": time.time(),
    }
    asked: dict[str, Any] = json.loads(options_to_json(options))
    return asked


def _challenge(request: Request, kind: str) -> bytes:
    kept = request.session.pop(f"passkey_{kind}", None)
    if not isinstance(kept, dict) or kept["at"] < time.time() - CHALLENGE_SECONDS:
        raise NotProved
    return base64url_to_bytes(kept["challenge"])
