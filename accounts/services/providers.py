"""A tenant's identity providers: saved with their secret sealed, and tried out before anybody depends on them."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit, outbound
from accounts.models import IdentityProvider, Tenant
from accounts.principals import Principal
from accounts.providers import is_safe_address
from accounts.secrets import seal

WELL_KNOWN = "/.well-known/openid-configuration"
SECONDS = 5.0
NEEDED = ["authorization_endpoint", "token_endpoint", "jwks_uri"]


@transaction.atomic
def save_provider(
    *, by: Principal, tenant: Tenant, provider: IdentityProvider, client_secret: str = ""
) -> IdentityProvider:
    """An empty secret leaves the one that is kept as it is."""
    provider.tenant = tenant
    provider.issuer = provider.issuer.rstrip("/")
    if client_secret:
        provider.sealed_client_secret = seal(client_secret)
    provider.full_clean()
    check_issuer(provider.issuer)
    provider.save()
    _record(by, provider, saved=provider.name, issuer=provider.issuer, new_secret=bool(client_secret))
    return provider


@transaction.atomic
def set_provider_active(*, by: Principal, provider: IdentityProvider, active: bool) -> None:
    """A disabled provider opens no new sign-in; those that are open stay until they end."""
    provider.is_active = active
    provider.save(update_fields=["is_active"])
    _record(by, provider, active=active)


def _record(by: Principal, provider: IdentityProvider, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.TENANT_WRITE,
        scope=provider.tenant.scope,
        tenant_id=provider.tenant_id,
        details={"identity_provider": provider.slug, **details},
    )


def check_issuer(issuer: str) -> None:
    """https only; plain http to this very machine is for trying things out, never for production."""
    parts = urlsplit(issuer)
    if not is_safe_address(issuer):
        raise ValidationError({"issuer": _("An issuer's address starts with https://.")})
    if parts.query or parts.fragment or parts.username:
        raise ValidationError(
            {"issuer": _("An issuer's address has no user name, no question mark and no # in it.")}
        )


@dataclass(frozen=True)
class Discovery:
    """What the issuer's discovery document says: `problem` is empty when people could sign in through it."""

    url: str
    problem: str = ""
    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""


def discover(issuer: str) -> Discovery:
    url = issuer.rstrip("/") + WELL_KNOWN
    try:
        document = _fetch(url)
    except requests.exceptions.SSLError:
        return Discovery(url, _("Its TLS certificate could not be verified."))
    except requests.exceptions.Timeout:
        return Discovery(url, _("It did not answer within %(seconds)d seconds.") % {"seconds": SECONDS})
    except requests.exceptions.RequestException:
        return Discovery(url, _("It cannot be reached from here. Check the name, the port and the way out."))
    if isinstance(document, int):
        return Discovery(
            url, _("It answered with status %(status)d instead of a document.") % {"status": document}
        )
    return _judge(url, issuer, document)


def _judge(url: str, issuer: str, document: dict[str, object] | None) -> Discovery:
    if document is None:
        return Discovery(url, _("What it answered is no discovery document."))
    said = str(document.get("issuer", ""))[:300]
    found = [str(document.get(name, ""))[:300] for name in NEEDED]
    problem = ""
    if said.rstrip("/") != issuer.rstrip("/"):
        problem = _("It calls itself %(said)s. Enter exactly that as the issuer.") % {"said": said or "-"}
    elif not all(found):
        missing = ", ".join(name for name, value in zip(NEEDED, found, strict=True) if not value)
        problem = _("Its document lacks %(missing)s.") % {"missing": missing}
    return Discovery(url, problem, said, found[0], found[1])


def _fetch(url: str) -> dict[str, object] | int | None:
    """The document, the status where it is not 200, or None where it is not JSON."""
    try:
        answer = outbound.fetch(url, whole_seconds=SECONDS)
    except outbound.TooMuch:
        return None
    if answer.status_code != 200:
        return answer.status_code
    try:
        document = json.loads(answer.content)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None
