"""The second factor: of somebody who is just signing in, and of somebody signed in who is asked again."""

import time

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import admission, mfa, passwords, providers, sign_ins
from accounts.admission import PROVIDER_KEY
from accounts.forms.sign_in import CodeForm, PasswordAgainForm
from accounts.models import User
from accounts.pages import signed_in
from accounts.redirects import safe_next
from accounts.requests import AnyRequest, PortalRequest
from accounts.throttle import Locked
from accounts.views.sign_in import locked_sentence, refused


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second_factor(request: AnyRequest) -> HttpResponse:
    found = admission.pending(request)
    if found is None:
        return refused(request, _("That took too long. Sign in again."))
    user, waiting = found
    form = CodeForm(request.POST or None)
    factor = _right_code(request, user, form) if request.method == "POST" else None
    if factor:
        return redirect(admission.finish(request, user, waiting, factor=factor))
    return _page(request, user, form, next=waiting.next)


@sensitive_post_parameters("code", "password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def confirm(request: PortalRequest) -> HttpResponse:
    """Asks again who is there; whoever has nothing to show but must have it is led to where they get it."""
    if mfa.has_factor(request.user):
        return _confirm_factor(request)
    provider = providers.active().filter(slug=request.session.get(PROVIDER_KEY, "")).first()
    needs_one = request.tenant and request.tenant.require_mfa and not (provider and provider.counts_as_mfa)
    if needs_one and mfa.recently_confirmed(request):
        return redirect(admission.lead_to_enrolment(request, request.tenant.name, safe_next(request)))
    if not request.user.has_usable_password():
        return render(
            request, "accounts/confirm_provider.html", {"provider": provider, "next": safe_next(request)}
        )
    return _confirm_password(request)


def _confirm_factor(request: PortalRequest) -> HttpResponse:
    form = CodeForm(request.POST or None, initial={"next": safe_next(request, "")})
    factor = _right_code(request, request.user, form) if request.method == "POST" else None
    if factor:
        sign_ins.confirm_again(request.sign_in, by=request.principal, method=factor)
        return redirect(safe_next(request))
    return _page(request, request.user, form, next=safe_next(request))


def _confirm_password(request: PortalRequest) -> HttpResponse:
    form = PasswordAgainForm(request.POST or None, initial={"next": safe_next(request, "")})
    if request.method == "POST" and form.is_valid():
        try:
            known = passwords.is_own_password(request, form.cleaned_data["password"])
        except Locked as locked:
            form.add_error("password", locked_sentence(locked))
        else:
            if known:
                request.session[mfa.PROVED_KEY] = time.time()
                return redirect(safe_next(request))
            form.add_error("password", _("This is not your password. Try again."))
    return render(request, "accounts/confirm_password.html", {"form": form})


def _right_code(request: AnyRequest | PortalRequest, user: User, form: CodeForm) -> str | None:
    """The kind of code it was; else the form says what is wrong with it."""
    if not form.is_valid():
        return None
    try:
        factor = mfa.check_code(user, form.cleaned_data["code"])
    except Locked as locked:
        form.add_error("code", locked_sentence(locked))
        return None
    if factor is None:
        passwords.record_failure(request, user, code="WrongCode")
        form.add_error(
            "code", _("This code is not right, or it was used already. Wait for the next one and try again.")
        )
    return factor


def _page(request: AnyRequest | PortalRequest, user: User, form: CodeForm, *, next: str) -> HttpResponse:
    context = {
        "form": form,
        "next": next,
        "has_app": mfa.authenticator(user) is not None,
        "has_passkey": user.passkeys.exists(),
        "codes_left": mfa.codes_left(user),
        "signing_in": request.sign_in is None,
    }
    return render(request, "accounts/confirm.html", context)
