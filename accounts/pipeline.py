"""From an issuer's word to a person in its tenant, step by step; all of it in one transaction, or nothing.

A person of a provider is never somebody who exists locally: whoever owns an issuer could claim any e-mail address.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from social_core.exceptions import AuthPolicyError

from accounts import principals, sign_ins
from accounts.admission import INVITATION_KEY
from accounts.models import IdentityProvider, Membership, User
from accounts.oidc import TenantOpenIdConnect
from accounts.secrets import hash_of
from accounts.services import joining
from accounts.services.people import create_user
from accounts.services.tenants import add_member


def provider_details(backend: TenantOpenIdConnect, response: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    claims = backend.claims(response)
    return {
        "claims": claims,
        "details": {
            "email": _email(claims.get("email")),
            "name": str(claims.get("name") or claims.get("preferred_username") or claims.get("email") or "")[
                :150
            ],
        },
    }


def _email(claimed: object) -> str:
    with suppress(ValidationError):
        validate_email(str(claimed))
        return str(claimed)
    return ""


def allowed_domain(backend: TenantOpenIdConnect, claims: Mapping[str, Any], **kwargs: Any) -> None:
    """Only an address that the issuer has verified says anything about its domain."""
    allowed = {str(domain).lower() for domain in backend.provider.allowed_domains}
    if not allowed:
        return
    verified = claims.get("email_verified") in (True, "true")
    domain = str(claims.get("email") or "").lower().rpartition("@")[2]
    if not verified or domain not in allowed:
        _refuse(backend, _("Your e-mail address is not one that this tenant admits. Ask its administrator."))


def membership_claim(backend: TenantOpenIdConnect, claims: Mapping[str, Any], **kwargs: Any) -> None:
    """Asked at every sign-in, so that whoever loses the claim at the issuer is out here as well."""
    provider = backend.provider
    if not provider.membership_claim:
        return
    value = claims.get(provider.membership_claim)
    held = {str(one) for one in (value if isinstance(value, list) else [value]) if one is not None}
    if not held & {str(one) for one in provider.membership_values}:
        _refuse(backend, _not_among())


def find_or_create_person(
    backend: TenantOpenIdConnect, details: dict[str, str], user: User | None = None, **kwargs: Any
) -> dict[str, Any]:
    if user is not None:
        return {"is_new": False}
    name = details["name"] or _("Person of %(provider)s") % {"provider": backend.provider.name}
    created = create_user(
        by=_system(backend.provider),
        username=_free_username(backend.provider, kwargs["uid"]),
        password=None,
        display_name=name,
    )
    return {"user": created, "is_new": True}


def _free_username(provider: IdentityProvider, uid: str) -> str:
    """Of the issuer's own, stable subject: two issuers can never meet in it, and nobody chooses it."""
    return f"{provider.slug}-{hash_of(uid)[:12]}"


def join_tenant(
    backend: TenantOpenIdConnect, user: User, details: dict[str, str], is_new: bool = False, **kwargs: Any
) -> None:
    """Whoever is new joins by the claim, or by an invitation; whoever was removed, by an invitation only."""
    tenant = backend.provider.tenant
    membership = Membership.objects.filter(tenant=tenant, user=user).first()
    if not user.is_active or (membership is not None and not membership.is_active):
        _refuse(backend, _("Your access was turned off. Ask the administrator of your tenant."))
    if membership is None and is_new and backend.provider.membership_claim:
        add_member(by=_system(backend.provider), tenant=tenant, user=user)
    elif membership is None:
        _accept_invitation(backend, user)
    if details["email"] and user.email != details["email"]:
        user.email = details["email"]
        user.save(update_fields=["email"])


def _accept_invitation(backend: TenantOpenIdConnect, user: User) -> None:
    """The one whose link was followed in this browser; signing in at its tenant's own provider accepts it."""
    request, tenant_id = backend.browser, backend.provider.tenant_id
    token_hash = str(request.session.get(INVITATION_KEY, ""))
    found = joining.open_by_hash(token_hash)
    if found is None or found.tenant_id != tenant_id:
        _refuse(backend, _not_among())
    by = sign_ins.principal_of(
        user, tenant_id=tenant_id, address=request.address, request_id=request.request_id
    )
    try:
        backend.accepted = joining.accept(by=by, token_hash=token_hash, user=user)
    except joining.InvitationIsGone:
        _refuse(backend, _not_among())


def _not_among() -> str:
    return _("Your account is not among those that this tenant admits. Ask its administrator.")


def _system(provider: IdentityProvider) -> principals.Principal:
    return principals.system(f"identity provider {provider.name}", provider.tenant_id)


def _refuse(backend: TenantOpenIdConnect, sentence: str) -> NoReturn:
    raise AuthPolicyError(backend, sentence, code="membership_required", stage="pipeline")
