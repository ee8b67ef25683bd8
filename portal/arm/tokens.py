"""The token endpoint. In: a service principal's client id and secret. Out: a bearer token for an hour, or OAuth's error.

Secrets have 256 random bits, so a right one is never refused for wrong ones before it; what is bounded is how many wrong
ones an address can have looked at and recorded.
"""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import ServicePrincipal
from accounts.services import credentials
from portal.arm import services
from portal.arm.discovery import ANY_TENANT
from portal.arm.requests import ArmRequest

ANY = {ANY_TENANT, "common", "organizations"}
NEEDED = ("grant_type", "client_id", "client_secret")


@csrf_exempt
def token(request: ArmRequest, tenant: str) -> JsonResponse:
    answer = _answer(request, tenant)
    answer["Cache-Control"] = "no-store"
    answer["Pragma"] = "no-cache"
    return answer


def _answer(request: ArmRequest, tenant: str) -> JsonResponse:
    if request.method != "POST":
        return _error(request, 405, "invalid_request", 900561, "The endpoint only accepts POST requests.")
    missing = next((name for name in NEEDED if not request.POST.get(name)), None)
    if missing is not None:
        message = f"The request body must contain the following parameter: '{missing}'."
        return _error(request, 400, "invalid_request", 900144, message)
    if request.POST["grant_type"] != "client_credentials":
        message = "The app requested an unsupported grant type. Use client_credentials, or make an API token on the portal."
        return _error(request, 400, "unsupported_grant_type", 70003, message)
    return _check(request, tenant)


def _check(request: ArmRequest, tenant: str) -> JsonResponse:
    client_id = request.POST["client_id"].strip()
    program = credentials.program_with_secret(client_id, request.POST["client_secret"])
    if program is None or not _is_of(program, tenant):
        recorded = services.refuse_token(
            client_id=client_id, address=request.address, request_id=request.request_id
        )
        if not recorded:
            return _error(
                request,
                429,
                "temporarily_unavailable",
                50196,
                "Too many wrong secrets from this address. Wait.",
            )
        message = f"Invalid client secret provided for app '{client_id[:36]}', or no such app in this tenant."
        return _error(request, 401, "invalid_client", 7000215, message)
    text = services.issue_token(program=program, address=request.address, request_id=request.request_id)
    seconds = credentials.PROGRAM_TOKEN_SECONDS
    return JsonResponse(
        {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": text}
    )


def _is_of(program: ServicePrincipal, tenant: str) -> bool:
    return tenant.lower() in {*ANY, str(program.tenant_id), program.tenant.slug}


def _error(request: ArmRequest, status: int, error: str, number: int, message: str) -> JsonResponse:
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: {message} Trace ID: {request.request_id}",
        "error_codes": [number],
        "timestamp": timezone.now().strftime("%Y-%m-%d %H:%M:%SZ"),
        "trace_id": request.request_id,
        "correlation_id": request.request_id,
    }
    return JsonResponse(body, status=status)
