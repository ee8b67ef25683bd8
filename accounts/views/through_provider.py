"""Sign-in with a tenant's own identity provider: there, and back again."""

from typing import cast

import structlog
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from social_core.exceptions import AuthCanceled, AuthPolicyError, SocialAuthBaseException
from social_django.utils import load_strategy

from accounts import actions, admission, audit, passwords, providers
from accounts.models import IdentityProvider, User
from accounts.oidc import TenantOpenIdConnect
from accounts.principals import Principal
from accounts.redirects import safe_next
from accounts.requests import AnyRequest
from accounts.secrets import CannotUnseal
from accounts.views.invitations import joined
from accounts.views.sign_in import refused

log = structlog.get_logger(__name__)
NEXT_KEY = "provider_next"
UNREACHABLE = {"connection_failed", "timeout", "tls_error", "unavailable", "rate_limited"}
STALE = {
    "state_mismatch",
    "session_context_missing",
    "missing_parameter",
    "nonce_mismatch",
    "response_expired",
    "authorization_code_rejected",
    "credential_rejected",
}


@never_cache
@require_POST
def begin(request: AnyRequest, slug: str) -> HttpResponse:
    """A page that leads on by itself: browsers hold a form's redirect to the page's own form-action policy."""
    provider = providers.active().filter(slug=slug).first()
    if provider is None:
        return refused(request, _turned_off())
    try:
        url = _backend(request, provider).auth_url()
    except (SocialAuthBaseException, CannotUnseal) as error:
        return _failed(request, provider, error)
    request.session[NEXT_KEY] = safe_next(request)
    return render(request, "accounts/sign_in_leaving.html", {"provider": provider, "url": url})


@never_cache
@require_GET
def callback(request: AnyRequest, slug: str) -> HttpResponse:
    provider = providers.active().filter(slug=slug).first()
    if provider is None:
        return refused(request, _turned_off())
    try:
        # nobody is passed as the user: who is signed in here already has nothing to do with it
        backend = _backend(request, provider)
        user = backend.complete(user=None, request=request)
    except (SocialAuthBaseException, CannotUnseal) as error:
        return _failed(request, provider, error)
    next = str(request.session.pop(NEXT_KEY, "/"))
    if backend.accepted is not None:
        next = "/"
    url = admission.admit(
        request,
        cast(User, user),
        method=f"identity provider {provider.name}",
        next=next,
        provider=provider,
        mfa_at=backend.mfa_at(),
    )
    if backend.accepted is not None:
        joined(request, backend.accepted)
    return redirect(url)


def _backend(request: AnyRequest, provider: IdentityProvider) -> TenantOpenIdConnect:
    backend = TenantOpenIdConnect(load_strategy(request), reverse("provider_callback", args=[provider.slug]))
    backend.provider, backend.browser = provider, request
    return backend


def _failed(request: AnyRequest, provider: IdentityProvider, error: Exception) -> HttpResponse:
    code = getattr(error, "code", type(error).__name__)
    log.warning(
        "provider_sign_in_failed", provider=provider.slug, code=code, stage=getattr(error, "stage", "")
    )
    if isinstance(error, AuthPolicyError):
        _record_refusal(request, provider)
    return refused(request, _sentence(provider, error), tenant=provider.tenant.slug)


def _record_refusal(request: AnyRequest, provider: IdentityProvider) -> None:
    audit.record(
        by=Principal(passwords.NOBODY, None, "", address=request.address, request_id=request.request_id),
        action=actions.SIGN_IN,
        scope=provider.tenant.scope,
        tenant_id=provider.tenant_id,
        outcome="refused",
        error_code="NotAdmitted",
        details={"identity_provider": provider.slug},
    )


def _sentence(provider: IdentityProvider, error: Exception) -> str:
    """What the person can do about it; the details are for the log."""
    name = {"provider": provider.name}
    code = getattr(error, "code", "")
    if isinstance(error, AuthPolicyError):
        return error.detail
    if isinstance(error, AuthCanceled):
        return _("The sign-in at %(provider)s was cancelled.") % name
    if code in UNREACHABLE:
        return _("%(provider)s cannot be reached. Try again in a moment, or tell your administrator.") % name
    if code in STALE:
        return _("The sign-in at %(provider)s took too long or was used already. Start again.") % name
    if getattr(error, "claim", "") == "iss":
        return (
            _("%(provider)s answers for another issuer than the one set up. Tell your administrator.") % name
        )
    return _("%(provider)s gave an answer that cannot be trusted. Tell your administrator.") % name


def _turned_off() -> str:
    return _("This identity provider was turned off. Sign in another way, or ask your administrator.")
