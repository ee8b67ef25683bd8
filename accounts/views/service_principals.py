"""Service principals: the identities of programs, their secrets, and how a program signs in with one."""

from functools import partial
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import directory
from accounts.access import NotVisible
from accounts.forms.directory import SecretForm, ServicePrincipalForm
from accounts.models import ServicePrincipal, ServicePrincipalSecret
from accounts.pages import portal_page
from accounts.redirects import go
from accounts.requests import PortalRequest
from accounts.rights import handing_over, reading, taking_away, writing
from accounts.services.credentials import add_secret, revoke_secret
from accounts.services.people import create_service_principal, delete_service_principal, set_program_active
from accounts.views.two_steps import attempt, confirm
from portal.config import keyset


def _program(request: PortalRequest, program_id: UUID) -> ServicePrincipal:
    found = directory.programs_of(request.tenant).filter(id=program_id).select_related("tenant").first()
    if found is None:
        raise NotVisible
    return found


def _address(program: ServicePrincipal) -> str:
    return reverse("service_principal", args=[program.id])


@portal_page
def service_principals(request: PortalRequest) -> HttpResponse:
    rights = reading(request)
    found = directory.programs_of(request.tenant)
    if words := request.GET.get("q", "")[:100]:
        found = found.filter(name__icontains=words.strip())
    page = keyset.page(found, order=("name", "id"), request=request)
    context = {"page": page, "rights": rights, "soon": timezone.now() + directory.SOON}
    return render(request, "accounts/service_principals.html", context)


@portal_page
def service_principal_new(request: PortalRequest) -> HttpResponse:
    writing(request)
    form = ServicePrincipalForm(
        request.POST if request.method == "POST" else None, instance=ServicePrincipal(tenant=request.tenant)
    )
    made = _create(request, form) if form.is_valid() else None
    if made is not None:
        return go(request, _address(made))
    return render(request, "accounts/service_principal_form.html", {"form": form})


def _create(request: PortalRequest, form: ServicePrincipalForm) -> ServicePrincipal | None:
    try:
        return create_service_principal(
            by=request.principal, tenant=request.tenant, name=form.cleaned_data["name"]
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


@portal_page
def service_principal(request: PortalRequest, program_id: UUID) -> HttpResponse:
    rights = reading(request)
    return _page(request, _program(request, program_id), rights=rights)


def _page(request: PortalRequest, program: ServicePrincipal, **context: Any) -> HttpResponse:
    return render(
        request,
        "accounts/service_principal.html",
        {
            "program": program,
            "secrets": program.secrets.all()[:20],
            "held": directory.assignments_of(request.tenant, {program.id}),
            "now": timezone.now(),
            "soon": timezone.now() + directory.SOON,
            "curl": _curl(request, program),
            "secret_form": SecretForm(),
            **context,
        },
    )


def _curl(request: PortalRequest, program: ServicePrincipal) -> str:
    """The secret is a shell variable, so that it lands in no shell history."""
    base = request.build_absolute_uri("/").rstrip("/")
    return (
        f"curl -s -X POST {base}/{program.tenant_id}/oauth2/v2.0/token"
        f" -d grant_type=client_credentials -d client_id={program.client_id}"
        f' --data-urlencode "client_secret=$HOMEPORT_SECRET" -d scope={base}//.default'
    )


@portal_page
@never_cache
def secret_add(request: PortalRequest, program_id: UUID) -> HttpResponse:
    """Shows the secret once, on the page that answers."""
    if request.method != "POST":
        return go(request, reverse("service_principal", args=[program_id]))
    rights = reading(request)
    program = _program(request, program_id)
    handing_over(request, {program.id})
    form = SecretForm(request.POST)
    if not form.is_valid():
        return _page(request, program, rights=rights, secret_form=form)
    try:
        kept, text = add_secret(by=request.principal, program=program, days=form.cleaned_data["days"])
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, program, rights=rights, secret_form=form)
    return _page(request, program, rights=rights, new_secret=text, new_secret_id=kept.id)


@portal_page
def secret_revoke(request: PortalRequest, program_id: UUID, secret_id: UUID) -> HttpResponse:
    writing(request)
    program = _program(request, program_id)
    secret = ServicePrincipalSecret.objects.filter(
        id=secret_id, service_principal=program, revoked_at=None
    ).first()
    if secret is None:
        raise NotVisible
    secret.service_principal = program
    return confirm(
        request,
        title=_("Revoke the secret ending in %(hint)s?") % {"hint": secret.hint},
        consequences=[
            _("No program gets a token with it any more."),
            _("Tokens the program holds now end too; it must get a new one with its other secret."),
        ],
        submit=_("Revoke"),
        cancel=_address(program),
        act=partial(revoke_secret, by=request.principal, secret=secret),
        done=_("The secret is revoked."),
    )


@portal_page
def service_principal_disable(request: PortalRequest, program_id: UUID) -> HttpResponse:
    writing(request)
    program = _program(request, program_id)
    return confirm(
        request,
        title=_("Disable the service principal %(name)s?") % {"name": program},
        consequences=[
            _("It gets no new token, and the tokens it holds end within seconds."),
            _("Its secrets and roles are kept and count again once you enable it."),
        ],
        submit=_("Disable"),
        cancel=_address(program),
        act=partial(set_program_active, by=request.principal, program=program, active=False),
        done=_("%(name)s is disabled.") % {"name": program},
    )


@portal_page
@require_POST
def service_principal_enable(request: PortalRequest, program_id: UUID) -> HttpResponse:
    program = _program(request, program_id)
    handing_over(request, {program.id})
    return attempt(
        request,
        partial(set_program_active, by=request.principal, program=program, active=True),
        done=_("%(name)s is enabled again.") % {"name": program},
        then=_address(program),
    )


@portal_page
def service_principal_delete(request: PortalRequest, program_id: UUID) -> HttpResponse:
    program = _program(request, program_id)
    taking_away(request, {program.id})
    roles = directory.assignments_of(request.tenant, {program.id}).count()
    return confirm(
        request,
        title=_("Delete the service principal %(name)s?") % {"name": program},
        consequences=[
            _("Its secrets and tokens end within seconds, and programs that use them stop working."),
            ngettext("%(n)d role assignment is deleted.", "%(n)d role assignments are deleted.", roles)
            % {"n": roles},
            _("This cannot be undone: a new one has another client id."),
        ],
        submit=_("Delete"),
        cancel=_address(program),
        act=partial(delete_service_principal, by=request.principal, program=program),
        done=_("%(name)s is deleted.") % {"name": program},
        then=reverse("service_principals"),
    )
