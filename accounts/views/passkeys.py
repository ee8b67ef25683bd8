"""What static/js/passkeys.js talks to: JSON in, JSON out; `error` is a sentence for the page, `next` where to go."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import admission, mfa, passkeys, passwords, sign_ins, throttle
from accounts.forms.security import PasskeyNameForm
from accounts.models import Passkey, User
from accounts.pages import needs_recent_confirmation, signed_in
from accounts.passkeys import NotProved
from accounts.redirects import safe_next
from accounts.requests import AnyRequest, PortalRequest
from accounts.services import factors

LONGEST = 20_000


def _answer(request: AnyRequest | PortalRequest) -> dict[str, Any]:
    try:
        answer = json.loads(request.body) if len(request.body) <= LONGEST else None
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise NotProved
    return answer


def _refused(sentence: str, status: int = 400) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)


def _not_proved() -> JsonResponse:
    return _refused(_("This passkey was not accepted. Try again, or sign in another way."))


def _too_many() -> JsonResponse:
    return _refused(_("Too many attempts. Try again later."), 429)


@never_cache
@require_POST
def sign_in_options(request: AnyRequest) -> HttpResponse:
    return JsonResponse(passkeys.question(request, None))


@never_cache
@require_POST
def sign_in(request: AnyRequest) -> HttpResponse:
    """Without a password: the key is there and has verified its owner, which makes two factors."""
    by_address = throttle.key_of_address("address", request.address)
    until = throttle.count(by_address, factor=throttle.ADDRESS_FACTOR)
    if until is not None:
        return _too_many()
    try:
        user = passkeys.proved(request, _answer(request), None).user
    except NotProved:
        return _not_proved()
    throttle.give_back(by_address)
    if not user.has_usable_password():
        return _refused(
            _("This account belongs to an identity provider. Sign in through your organisation."), 403
        )
    url = admission.enter(
        request, user, method="passkey", next=safe_next(request), provider=None, mfa_at=timezone.now()
    )
    return JsonResponse({"next": url})


@never_cache
@require_POST
def confirm_options(request: AnyRequest) -> HttpResponse:
    user = _person(request)
    return JsonResponse(passkeys.question(request, user)) if user else _not_proved()


@never_cache
@require_POST
def confirm(request: AnyRequest) -> HttpResponse:
    """As the second factor: of the sign-in that waits for one, else of the one that is open."""
    user = _person(request)
    if user is None:
        return _not_proved()
    by_person = throttle.key_of("passkey", str(user.id))
    if throttle.count(by_person) is not None:
        return _too_many()
    try:
        passkeys.proved(request, _answer(request), user)
    except NotProved:
        passwords.record_failure(request, user, code="PasskeyNotProved")
        return _not_proved()
    throttle.forget(by_person)
    found = admission.pending(request)
    if request.sign_in is None and found is not None:
        return JsonResponse({"next": admission.finish(request, user, found[1], factor="passkey")})
    if request.sign_in is not None and request.principal is not None:
        sign_ins.confirm_again(request.sign_in, by=request.principal, method="passkey")
    return JsonResponse({"next": safe_next(request)})


def _person(request: AnyRequest) -> User | None:
    if request.sign_in is not None:
        return request.sign_in.user
    found = admission.pending(request)
    return found[0] if found else None


@never_cache
@require_POST
@signed_in
@needs_recent_confirmation
def register_options(request: PortalRequest) -> HttpResponse:
    return JsonResponse(passkeys.registration_options(request))


@never_cache
@require_POST
@signed_in
@needs_recent_confirmation
def register(request: PortalRequest) -> HttpResponse:
    try:
        answer = _answer(request)
        key = passkeys.registered(request, answer)
    except NotProved:
        return _refused(_("This passkey could not be registered. Try again."))
    form = PasskeyNameForm({"name": answer.get("name")})
    if not form.is_valid():
        return _refused(str(form.errors["name"][0]))
    try:
        factors.add_passkey(
            by=request.principal,
            user=request.user,
            name=form.cleaned_data["name"],
            credential_id=key.credential_id,
            public_key=key.credential_public_key,
            sign_count=key.sign_count,
        )
    except ValidationError as error:
        return _refused(error.messages[0])
    sign_ins.factor_proved(request.sign_in)
    left = mfa.codes_left(request.user)
    return JsonResponse({"next": "/account/security/" if left else "/account/security/recovery-codes/"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_recent_confirmation
def remove(request: PortalRequest, id: str) -> HttpResponse:
    passkey = get_object_or_404(Passkey, id=id, user=request.user)
    problem = ""
    if request.method == "POST":
        try:
            factors.remove_passkey(by=request.principal, passkey=passkey)
        except ValidationError as error:
            problem = error.messages[0]
        else:
            return redirect("security")
    return render(request, "accounts/passkey_remove.html", {"passkey": passkey, "problem": problem})
