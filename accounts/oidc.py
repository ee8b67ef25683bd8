"""Sign-in through a tenant's own OpenID Connect issuer, kept in the database.

In: the provider that the address names, and the browser's session. Out: a redirect to the issuer, then a person.
State, nonce and PKCE are social-core's; what is ours is which issuer is meant, and what we are willing to fetch.
"""

from datetime import UTC, datetime
from typing import Any

import requests
from django.db import transaction
from django.utils import timezone
from social_core.backends.open_id_connect import OpenIdConnectAuth
from social_core.exceptions import (
    AuthConfigurationError,
    AuthProviderError,
    AuthResponseError,
    AuthSessionError,
)

from accounts import outbound
from accounts.models import IdentityProvider, Invitation
from accounts.providers import is_safe_address
from accounts.requests import AnyRequest
from accounts.secrets import unseal


class TenantOpenIdConnect(OpenIdConnectAuth):
    name = "tenant-oidc"
    REDIRECT_STATE = False
    DEFAULT_USE_PKCE = True
    JWT_ALGORITHMS = ["RS256", "ES256"]
    provider: IdentityProvider
    browser: AnyRequest
    accepted: Invitation | None = None

    def get_key_and_secret(self) -> tuple[str, str]:
        return self.provider.client_id, unseal(self.provider.sealed_client_secret)

    def oidc_endpoint(self) -> str:
        return self.provider.issuer.rstrip("/")

    def oidc_config(self) -> dict[str, Any]:
        """A document that speaks for another issuer than the one it was fetched from is a forgery or a mistake."""
        config: dict[str, Any] = super().oidc_config()
        if str(config.get("issuer", "")).rstrip("/") != self.oidc_endpoint():
            self.get_openid_configuration.invalidate(self, self.oidc_config_url())
            raise AuthResponseError(self, code="invalid_claim", claim="iss")
        return config

    def get_or_create_state(self) -> str | None:
        state: str | None = super().get_or_create_state()
        key = self.transaction_key(str(state))
        begun = self.strategy.session_get(key)
        self.strategy.session_set(key, {**begun, "provider": str(self.provider.id)})
        return state

    def validate_state(self) -> str | None:
        """An answer counts only at the provider that was asked: issuers must not be mixed up with one another."""
        state: str | None = super().validate_state()
        asked = (self._oauth2_transaction or {}).get("provider")
        answering = self.data.get("iss")
        if asked != str(self.provider.id) or (answering and answering.rstrip("/") != self.oidc_endpoint()):
            raise AuthSessionError(self, code="state_mismatch", stage="callback")
        return state

    def get_user_id(self, details: dict[str, Any], response: dict[str, Any]) -> str:
        return f"{self.provider.id}:{super().get_user_id(details, response)}"

    def mfa_at(self) -> datetime | None:
        """When the issuer saw the person's factors, where the tenant takes its word; issuers may leave out the time."""
        if not self.provider.counts_as_mfa:
            return None
        said = (self.id_token or {}).get("auth_time")
        now = timezone.now()
        return min(now, datetime.fromtimestamp(said, UTC)) if isinstance(said, int) and said > 0 else now

    def auth_params(self, state: str | None = None) -> dict[str, Any]:
        """An issuer that stands in for the second factor is asked for one no older than the tenant allows."""
        params: dict[str, Any] = super().auth_params(state)
        tenant = self.provider.tenant
        if self.provider.counts_as_mfa and tenant.require_mfa:
            params["max_age"] = tenant.mfa_max_age_minutes * 60
        return params

    def claims(self, response: dict[str, Any]) -> dict[str, Any]:
        """What the issuer says of the person; where both speak, the signed token has the last word."""
        return {**response, **(self.id_token or {})}

    def run_pipeline(self, *args: Any, **kwargs: Any) -> Any:
        """Whoever is refused on the way leaves nothing behind."""
        with transaction.atomic():
            return super().run_pipeline(*args, **kwargs)

    def request(
        self, url: str, *, stage: Any = "user_info", timeout: Any = None, **kwargs: Any
    ) -> requests.Response:
        """No plain http, no redirects, no endless answers: the issuer is the tenant's choice, not ours."""
        if not is_safe_address(url):
            raise AuthConfigurationError(self, code="invalid_setting", parameter="url", stage=stage)
        try:
            answer = outbound.fetch(url, **kwargs)
        except (requests.RequestException, OSError) as error:
            raise AuthProviderError(self, code="connection_failed", stage=stage) from error
        if not answer.ok:
            rejected = stage == "token_exchange" and answer.status_code == 400
            code = "authorization_code_rejected" if rejected else "http_error"
            raise AuthProviderError(self, code=code, stage=stage, status_code=answer.status_code)
        return answer
