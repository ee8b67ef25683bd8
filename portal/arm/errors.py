"""The gate's refusals and the caller's mistakes in ARM's shapes. In: an exception. Out: `{"error": {"code", "message"}}`.

The sentences that clients know by heart stay in English, as published; the others are translated like any other.
"""

from typing import cast

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError

from accounts import actions
from accounts.access import Decision, NotVisible, Refused, Verdict
from accounts.principals import Principal
from portal.arm.requests import ArmRequest, base_of
from portal.fleet.selectors import resource_at


class ArmError(Exception):
    """`bare` answers carry code and message without the envelope, as the serial console's own provider sends them."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        headers: dict[str, str] | None = None,
        bare: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.headers, self.bare = headers or {}, bare


def answer(request: HttpRequest, error: object) -> JsonResponse:
    error = _as_arm(cast(ArmRequest, request), error)
    body = {"code": error.code, "message": error.message}
    return JsonResponse(body if error.bare else {"error": body}, status=error.status, headers=error.headers)


def _as_arm(request: ArmRequest, error: object) -> ArmError:
    match error:
        case ArmError():
            return error
        case NotVisible():
            return _of_absence(request)
        case Refused():
            return ArmError(403, error.decision.verdict.value, _why(request, error.decision))
        case ValidationError():
            return _of_values(error)
        case RequestDataTooBig():
            return ArmError(413, "RequestContentTooLarge", _("The request content is too large."))
        case _:
            return ArmError(400, "InvalidRequestContent", _("The request content is not valid JSON."))


def _why(request: ArmRequest, decision: Decision) -> str:
    if decision.verdict is Verdict.MFA_NEEDED:
        return _(
            "This tenant requires multi-factor sign-in. Sign in at %(portal)s with your second factor, and make a new API token there."
        ) % {"portal": f"{base_of(request)}/account/security/"}
    if decision.verdict is Verdict.ADDRESS:
        return _(
            "The subscription does not allow this from the address %(address)s. Use an allowed one, or ask an owner to allow it."
        ) % {"address": request.address}
    return _unauthorized(request.principal, decision)


def _unauthorized(principal: Principal, decision: Decision) -> str:
    return (
        f"The client '{principal.name}' with object id '{principal.id}' does not have authorization to perform action "
        f"'{decision.action}' over scope '{decision.scope}' or the scope is invalid. "
        "If access was recently granted, please refresh your credentials."
    )


def _of_absence(request: ArmRequest) -> ArmError:
    parts = request.path_info.strip("/").split("/")
    if parts[0].lower() == "subscriptions" and not _exists(request.principal, parts[1]):
        return no_subscription(parts[1])
    return ArmError(404, "ResourceNotFound", f"The resource '{request.path_info}' was not found.")


def _exists(principal: Principal, subscription: str) -> bool:
    try:
        resource_at(principal, actions.SUBSCRIPTION_READ, f"/subscriptions/{subscription}")
    except NotVisible:
        return False
    except Refused:
        pass
    return True


def no_subscription(subscription: str, *, bare: bool = False) -> ArmError:
    return ArmError(
        404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.", bare=bare
    )


def _of_values(error: ValidationError) -> ArmError:
    first = error.errors[0]
    # the place begins with where the value was (body, query) and the name of the view's parameter
    place = ".".join(map(str, first["loc"][2:] or first["loc"][-1:]))
    message = _("The request content is not valid at %(place)s: %(problem)s.") % {
        "place": place,
        "problem": first["msg"],
    }
    return ArmError(400, "InvalidRequestContent", message)


HANDLED: tuple[type[Exception], ...] = (
    ArmError,
    NotVisible,
    Refused,
    ValidationError,
    HttpError,
    RequestDataTooBig,
)
