from django.conf import settings
from django.contrib import auth
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import admission, passwords, providers, sign_ins
from accounts.forms.sign_in import OrganisationForm, SignInForm
from accounts.pages import signed_in
from accounts.redirects import go, safe_next
from accounts.requests import AnyRequest, PortalRequest
from accounts.services.profile import choose_language
from accounts.throttle import Locked


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: AnyRequest) -> HttpResponse:
    if request.method != "POST":
        if request.sign_in is not None and "tenant" not in request.GET:
            return redirect(safe_next(request))
        return _page(request, SignInForm(initial={"next": safe_next(request, "")}))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        user = passwords.person_with_password(
            request, form.cleaned_data["username"], form.cleaned_data["password"]
        )
    except Locked as locked:
        form.add_error(None, locked_sentence(locked))
        return _page(request, form, status=429)
    if user is None:
        form.add_error(None, _("This name and password do not fit together. Check both and try again."))
        return _page(request, form)
    return redirect(admission.admit(request, user, method="password", next=safe_next(request)))


def locked_sentence(locked: Locked) -> str:
    return ngettext(
        "Too many attempts. Try again in %(minutes)d minute.",
        "Too many attempts. Try again in %(minutes)d minutes.",
        locked.minutes,
    ) % {"minutes": locked.minutes}


def refused(request: AnyRequest, sentence: str, *, tenant: str = "") -> HttpResponse:
    """The sign-in page says it once; a browser that keeps nothing here is told at once, and need keep nothing."""
    if request.session.keys():
        return redirect(admission.refuse(request, sentence, tenant=tenant))
    form = SignInForm(initial={"next": safe_next(request, "")})
    return _page(request, form, status=403, problem=sentence, tenant=tenant)


def _page(
    request: AnyRequest, form: SignInForm, *, status: int = 200, problem: str = "", tenant: str = ""
) -> HttpResponse:
    typed = tenant or request.GET.get("tenant", "")
    next = safe_next(request, "")
    found = providers.known_as(typed)
    organisation = OrganisationForm(
        {"tenant": typed, "next": next} if typed else None, initial={"next": next}
    )
    if typed and organisation.is_valid() and not found:
        organisation.add_error(
            "tenant", _("No identity provider is known under this name. Check how it is written.")
        )
    context = {
        "form": form,
        "organisation": organisation,
        "providers": found,
        "next": next,
        "problem": problem or request.session.pop(admission.PROBLEM_KEY, ""),
    }
    return render(request, "accounts/sign_in.html", context, status=status)


@require_POST
def sign_out(request: AnyRequest) -> HttpResponse:
    if request.sign_in is not None and request.principal is not None:
        sign_ins.end_sign_in(request.sign_in, by=request.principal, reason="signed out")
    auth.logout(request)
    return go(request, "/sign-in/")


@require_POST
@signed_in
def sign_out_everywhere(request: PortalRequest) -> HttpResponse:
    sign_ins.end_everywhere(request.user, by=request.principal, reason="signed out everywhere")
    auth.logout(request)
    return go(request, "/sign-in/")


@require_POST
def language(request: AnyRequest) -> HttpResponse:
    """For anybody: a cookie for this browser, and the profile of whoever is signed in."""
    response = go(request, safe_next(request))
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        choose_language(user=request.user, language=chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response
