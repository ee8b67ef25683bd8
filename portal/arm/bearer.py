"""In: the Authorization header. Out: request.principal, or a 401 that says where tokens come from."""

from typing import cast

from django.http import HttpRequest
from ninja.security.http import HttpAuthBase

from accounts.principals import Principal
from accounts.services import credentials
from portal.arm.errors import ArmError
from portal.arm.requests import ArmRequest, base_of


class Bearer(HttpAuthBase):
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Principal:
        return authenticate(cast(ArmRequest, request))


def authenticate(request: ArmRequest) -> Principal:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        message = "Authentication failed. The 'Authorization: Bearer' header is missing."
        raise _unauthenticated(request, "AuthenticationFailed", message)
    principal = credentials.principal_of_token(
        token.strip(), address=request.address, request_id=request.request_id
    )
    if principal is None:
        message = "The access token is unknown, expired or revoked. Get a new one."
        raise _unauthenticated(request, "InvalidAuthenticationToken", message)
    request.principal = principal
    return principal


def _unauthenticated(request: ArmRequest, code: str, message: str) -> ArmError:
    """The same for every path, so that nobody without a token learns which tenant a subscription belongs to."""
    challenge = f'Bearer authorization_uri="{base_of(request)}/adfs", error="invalid_token", error_description="{message}"'
    return ArmError(401, code, message, headers={"WWW-Authenticate": challenge})
