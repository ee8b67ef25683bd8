"""A log that cannot be read for its storage account's sake. In: what was raised. Out: a page or JSON that says why, and the way out."""

from collections.abc import Callable

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.requests import AnyRequest
from consoles.diagnostics.reading import ShutOut
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.words import in_words

GetResponse = Callable[[AnyRequest], HttpResponse]


class StoreTroubleMiddleware:
    """Whatever reads a log raises it, and no view has to expect it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: AnyRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: AnyRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, StoreTrouble):
            return None
        told = {"code": exception.code, "title": _title(exception), "sentence": sentence(exception)}
        status = 403 if isinstance(exception, ShutOut) else 503
        if request.headers.get("Accept") == "application/json":
            return JsonResponse(told, status=status)
        return render(request, "diagnostics/store_trouble.html", told, status=status)


def _title(trouble: StoreTrouble) -> str:
    if isinstance(trouble, ShutOut):
        return _("The storage account answers Forbidden")
    return _("The storage account does not give the log")


def sentence(trouble: StoreTrouble) -> str:
    if not isinstance(trouble, ShutOut):
        return in_words(trouble.code)
    return _(
        "The log is kept in %(account)s, whose network rules do not allow the address you come from, %(address)s. Connect from an allowed network, or ask whoever may change the account to add yours."
    ) % {"account": trouble.account.name, "address": trouble.address}
