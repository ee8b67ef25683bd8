"""Where every call of the REST API enters. In: a path in any case, any api-version. Out: ARM's JSON, whatever happens.

Clients write the fixed words of a path as they like; they are put back into the case of the routes before those are asked.
"""

from functools import lru_cache

from django.http import HttpResponse, JsonResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from portal.arm import errors
from portal.arm.api import api
from portal.arm.bearer import authenticate
from portal.arm.errors import ArmError
from portal.arm.requests import ArmRequest

ROUTES = "portal.arm.routes"


@csrf_exempt
def enter(request: ArmRequest) -> HttpResponse:
    """No cookie counts here, so there is nothing that another site's page could do in somebody's name."""
    try:
        response = _answer(request)
    except ArmError as error:
        response = errors.answer(request, error)
    response["x-ms-request-id"] = request.request_id
    response["Cache-Control"] = "no-store"
    return response


def _answer(request: ArmRequest) -> HttpResponse:
    try:
        match = resolve(canonical(request.path_info), ROUTES)
    except Resolver404 as missing:
        authenticate(request)
        raise ArmError(
            404, "ResourceNotFound", f"There is no resource at '{request.path_info}'."
        ) from missing
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return _not_allowed(request, response) if response.status_code == 405 else response


def _not_allowed(request: ArmRequest, response: HttpResponse) -> JsonResponse:
    authenticate(request)
    message = f"The requested resource does not support the method '{request.method}'."
    return errors.answer(
        request, ArmError(405, "MethodNotAllowed", message, headers={"Allow": response["Allow"]})
    )


def canonical(path: str) -> str:
    """Names keep the case they came in: things are found by scope, and scopes compare without case."""
    if "\0" in path:
        raise Resolver404
    words = _words()
    return "/" + "/".join(words.get(part.lower(), part) for part in path.strip("/").split("/"))


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    paths: dict[str, object] = api.get_openapi_schema()["paths"]
    return {part.lower(): part for path in paths for part in path.split("/") if not part.startswith("{")}
