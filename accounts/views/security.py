from base64 import b32encode

import segno
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from accounts import admission, mfa, sign_ins
from accounts.forms.security import FirstCodeForm, PasskeyNameForm
from accounts.models import Passkey
from accounts.pages import needs_recent_confirmation, signed_in
from accounts.requests import PortalRequest
from accounts.services import factors
from accounts.user_agents import described

NEW_KEY = "new_authenticator_key"


@never_cache
@require_safe
@signed_in
def security(request: PortalRequest) -> HttpResponse:
    user = request.user
    open_ones = list(sign_ins.open_ones(user))
    context = {
        "app": mfa.authenticator(user),
        "passkeys": Passkey.objects.filter(user=user),
        "passkey_form": PasskeyNameForm(),
        "codes_left": mfa.codes_left(user),
        "has_factor": mfa.has_factor(user),
        "requiring": mfa.tenants_requiring(user),
        "sign_ins": [(one, described(one.user_agent), one.id == request.sign_in.id) for one in open_ones],
        "tokens": user.api_tokens.filter(revoked_at=None).select_related("tenant"),
        "now": timezone.now(),
        "after": request.session.get(admission.AFTER_FACTOR_KEY, ""),
        "recent": mfa.recently_confirmed(request),
    }
    return render(request, "accounts/security.html", context)


@require_POST
@signed_in
def end_sign_in(request: PortalRequest, id: str) -> HttpResponse:
    one = get_object_or_404(sign_ins.open_ones(request.user), id=id)
    sign_ins.end_sign_in(one, by=request.principal, reason="ended by the person")
    messages.success(request, _("That sign-in has ended."))
    return redirect("security")


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_recent_confirmation
def add_authenticator(request: PortalRequest) -> HttpResponse:
    """The key stays in the session until a code of it was right: what is not confirmed does not count."""
    key = str(request.session.setdefault(NEW_KEY, default_key()))
    form = FirstCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if factors.add_authenticator(
            by=request.principal, user=request.user, key=key, code=form.cleaned_data["code"]
        ):
            del request.session[NEW_KEY]
            sign_ins.factor_proved(request.sign_in)
            messages.success(request, _("The authenticator app is set up."))
            return redirect("security" if mfa.codes_left(request.user) else "recovery_codes")
        form.add_error(
            "code", _("This code is not right. Check the clock of your device, and type the newest code.")
        )
    return render(request, "accounts/authenticator_add.html", {"form": form, **_picture(request, key)})


def _picture(request: PortalRequest, key: str) -> dict[str, str]:
    device = TOTPDevice(user=request.user, key=key)
    plain = b32encode(device.bin_key).decode()
    return {
        "qr": segno.make(device.config_url, error="m").svg_data_uri(
            scale=5, border=4, dark="#000", light="#fff"
        ),
        "key": " ".join(plain[at : at + 4] for at in range(0, len(plain), 4)),
        "url": device.config_url,
    }


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_recent_confirmation
def remove_authenticator(request: PortalRequest) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            factors.remove_authenticator(by=request.principal, user=request.user)
        except ValidationError as error:
            problem = error.messages[0]
        else:
            messages.success(request, _("The authenticator app is removed."))
            return redirect("security")
    return render(request, "accounts/authenticator_remove.html", {"problem": problem})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs_recent_confirmation
def recovery_codes(request: PortalRequest) -> HttpResponse:
    if not mfa.has_factor(request.user):
        return redirect("security")
    codes: list[str] = []
    if request.method == "POST":
        codes = factors.new_recovery_codes(by=request.principal, user=request.user)
    context = {
        "codes": codes,
        "text": "\n".join(codes),
        "left": mfa.codes_left(request.user),
        "after": request.session.pop(admission.AFTER_FACTOR_KEY, "") if codes else "",
    }
    return render(request, "accounts/recovery_codes.html", context)
