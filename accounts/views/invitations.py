"""The link of an invitation. The token is taken out of the address at once; the session keeps its hash, if it is open."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import admission, providers, sign_ins
from accounts.admission import INVITATION_KEY
from accounts.forms.people import AccountForm, show_errors
from accounts.models import Invitation, SignIn
from accounts.principals import Principal
from accounts.requests import AnyRequest
from accounts.secrets import hash_of
from accounts.services import joining


@never_cache
@require_safe
def follow(request: AnyRequest, token: str) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    if joining.open_by_hash(hash_of(token)):
        request.session[INVITATION_KEY] = hash_of(token)
    response = redirect("invitation")
    response["Referrer-Policy"] = "no-referrer"
    return response


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: AnyRequest) -> HttpResponse:
    token_hash = str(request.session.get(INVITATION_KEY, ""))
    found = joining.open_by_hash(token_hash)
    if found is None:
        return _gone(request)
    if request.sign_in is not None and request.principal is not None:
        return _for_person(request, request.sign_in, request.principal, found, token_hash)
    return _for_stranger(request, found, token_hash)


def _for_person(
    request: AnyRequest, sign_in: SignIn, by: Principal, found: Invitation, token_hash: str
) -> HttpResponse:
    elsewhere = sign_in.only_tenant_id not in (None, found.tenant_id)
    if request.method == "POST" and not elsewhere:
        try:
            joining.accept(by=by, token_hash=token_hash, user=sign_in.user)
        except joining.InvitationIsGone:
            return _gone(request)
        return joined(request, found)
    return _page(request, found, elsewhere=elsewhere)


def _for_stranger(request: AnyRequest, found: Invitation, token_hash: str) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, form=form)
    try:
        _invitation, user = joining.create_account(
            token_hash=token_hash, address=request.address, **form.cleaned_data
        )
    except joining.InvitationIsGone:
        return _gone(request)
    except ValidationError as error:
        show_errors(form, error, otherwise="password")
        return _page(request, found, form=form)
    url = admission.admit(request, user, method="invitation", next="/")
    joined(request, found)
    return redirect(url)


def joined(request: AnyRequest, found: Invitation) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    request.session[sign_ins.TENANT_KEY] = str(found.tenant_id)
    messages.success(request, _("Welcome to %(tenant)s.") % {"tenant": found.tenant.name})
    return redirect("/")


def _page(request: AnyRequest, found: Invitation, **context: object) -> HttpResponse:
    through = providers.known_as(found.tenant.slug)
    return render(request, "accounts/invitation.html", {"invitation": found, "providers": through, **context})


def _gone(request: AnyRequest) -> HttpResponse:
    request.session.pop(INVITATION_KEY, None)
    return render(request, "accounts/invitation_gone.html", status=410)
