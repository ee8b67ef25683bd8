"""Turns a session into a principal in a tenant, and the gate's refusals into pages. In: a request. Out: request.principal."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import auth
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.http import urlencode

from accounts.access import NotVisible, Refused, Verdict
from accounts.currency import acting, sign_in_of
from accounts.models import SignIn
from accounts.pages import where_they_were
from accounts.redirects import go
from accounts.requests import AnyRequest

GetResponse = Callable[[AnyRequest], HttpResponse]
SEEN_EVERY = timedelta(minutes=1)


class SignInMiddleware:
    """A session whose sign-in was ended, or whose person was disabled, is nobody's from this request on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: AnyRequest) -> HttpResponse:
        request.sign_in = None
        if request.user.is_authenticated:
            request.sign_in = sign_in_of(request)
            if request.sign_in is None:
                auth.logout(request)
            elif request.sign_in.last_seen_at < timezone.now() - SEEN_EVERY:
                SignIn.objects.filter(id=request.sign_in.id).update(last_seen_at=timezone.now())
        return self.get_response(request)


class LanguageMiddleware:
    """The language of the profile, else the one chosen on the sign-in page, else the browser's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: AnyRequest) -> HttpResponse:
        chosen = getattr(request.user, "language", "")
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PrincipalMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: AnyRequest) -> HttpResponse:
        request.principal, request.tenant, request.tenants = None, None, []
        if request.sign_in is not None:
            now = acting(
                request.sign_in, request.session, address=request.address, request_id=request.request_id
            )
            request.principal, request.tenant, request.tenants = now.principal, now.tenant, now.tenants
        return self.get_response(request)


class RefusalMiddleware:
    """NotVisible becomes 404; a refusal becomes 403 with the action and scope, or leads to the second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: AnyRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: AnyRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotVisible):
            return render(request, "404.html", status=404)
        if not isinstance(exception, Refused):
            return None
        if exception.decision.verdict is Verdict.MFA_NEEDED:
            return go(request, f"/account/confirm/?{urlencode({'next': where_they_were(request)})}")
        return render(request, "403.html", {"decision": exception.decision}, status=403)
