"""What clients read before they sign in: where tokens come from, and which audience to ask for. Says nothing of any tenant."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from portal.arm.requests import base_of

ANY_TENANT = "adfs"


@require_safe
def endpoints(request: HttpRequest) -> JsonResponse:
    """For `az cloud register` without a list of endpoints."""
    base = base_of(request)
    return JsonResponse(
        {
            "name": "Homeport",
            "authentication": {
                "loginEndpoint": f"{base}/{ANY_TENANT}",
                "audiences": [f"{base}/"],
                "tenant": ANY_TENANT,
                "identityProvider": "ADFS",
            },
            "resourceManager": base,
            "graphAudience": f"{base}/graph",
            "microsoftGraphResourceId": f"{base}/graph",
            "suffixes": {},
        }
    )


@require_safe
def sign_in(request: HttpRequest, tenant: str) -> JsonResponse:
    authority = f"{base_of(request)}/{tenant}"
    version = "" if tenant.lower() == ANY_TENANT else "/v2.0"
    return JsonResponse(
        {
            "issuer": f"{authority}{version}",
            "authorization_endpoint": f"{authority}/oauth2{version}/authorize",
            "token_endpoint": f"{authority}/oauth2{version}/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "grant_types_supported": ["client_credentials"],
            "response_types_supported": ["token"],
        }
    )
