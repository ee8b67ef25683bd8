from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit, events, principals
from accounts.models import ApiToken, Membership, ServicePrincipal, ServicePrincipalSecret, Tenant, User
from accounts.principals import Principal
from accounts.secrets import fresh, hash_of

MOST_SECRETS = 2
TOKEN_DAYS = 365
PROGRAM_TOKEN_SECONDS = 3600
USED_EVERY = timedelta(minutes=1)


@transaction.atomic
def add_secret(
    *, by: Principal, program: ServicePrincipal, days: int = 180
) -> tuple[ServicePrincipalSecret, str]:
    """Returns the secret's text, once. Two may be live, so that programs can change over without an outage."""
    ServicePrincipal.objects.select_for_update().get(id=program.id)  # or two at once would both be the second
    if program.secrets.live().count() >= MOST_SECRETS:
        raise ValidationError(_("Two secrets are live already. Revoke the one that is no longer used first."))
    new = fresh("hps")
    secret = ServicePrincipalSecret.objects.create(
        service_principal=program,
        secret_hash=new.hash,
        hint=new.hint,
        expires_at=timezone.now() + timedelta(days=days),
    )
    _record(by, program.tenant, {"secret": "added", "service_principal": str(program.id)})
    return secret, new.text


@transaction.atomic
def revoke_secret(*, by: Principal, secret: ServicePrincipalSecret) -> None:
    """Tokens got with any of the program's secrets end with it: which secret a token came from is not kept."""
    program = secret.service_principal
    ServicePrincipalSecret.objects.filter(id=secret.id, revoked_at=None).update(revoked_at=timezone.now())
    program.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    _record(by, program.tenant, {"secret": "revoked", "service_principal": str(program.id)})
    events.announce(events.ACCESS_CHANGED, program.tenant_id, principal=str(program.id))


def program_with_secret(client_id: str, secret: str) -> ServicePrincipal | None:
    found = (
        ServicePrincipalSecret.objects.live()
        .filter(
            secret_hash=hash_of(secret),
            service_principal__is_active=True,
            service_principal__tenant__is_active=True,
        )
        .select_related("service_principal__tenant")
        .first()
    )
    program = found.service_principal if found else None
    return program if program and str(program.client_id) == client_id.lower() else None


@transaction.atomic
def create_token(*, by: Principal, user: User, tenant: Tenant, name: str, days: int) -> tuple[ApiToken, str]:
    """The token keeps the multi-factor sign-in it was made in, and can do what its person can."""
    if not 1 <= days <= TOKEN_DAYS:
        raise ValidationError({"days": _("Choose 1 to %(most)d days.") % {"most": TOKEN_DAYS}})
    if not Membership.objects.filter(user=user, tenant=tenant, is_active=True).exists():
        raise ValidationError(
            {"name": _("Only members of the tenant make tokens. A staff grant is for the pages.")}
        )
    new = fresh("hpt")
    token = ApiToken(
        tenant=tenant,
        user=user,
        name=name,
        token_hash=new.hash,
        hint=new.hint,
        mfa_at=by.mfa_at,
        expires_at=timezone.now() + timedelta(days=days),
    )
    token.full_clean()
    token.save()
    _record(by, tenant, {"token": "created", "name": name, "user": str(user.id)})
    return token, new.text


@transaction.atomic
def token_for_program(*, program: ServicePrincipal) -> tuple[ApiToken, str]:
    new = fresh("hpa")
    token = ApiToken.objects.create(
        tenant=program.tenant,
        service_principal=program,
        token_hash=new.hash,
        hint=new.hint,
        expires_at=timezone.now() + timedelta(seconds=PROGRAM_TOKEN_SECONDS),
    )
    return token, new.text


@transaction.atomic
def revoke_token(*, by: Principal, token: ApiToken) -> None:
    if ApiToken.objects.filter(id=token.id, revoked_at=None).update(revoked_at=timezone.now()):
        _record(by, token.tenant, {"token": "revoked", "name": token.name})
        owner = str(token.user_id or token.service_principal_id)
        events.announce(events.ACCESS_CHANGED, token.tenant_id, principal=owner, token=str(token.id))


def principal_of_token(text: str, *, address: str = "", request_id: str = "") -> Principal | None:
    """Whoever the bearer token speaks for, while it and its owner are in good standing."""
    token = _live(token_hash=hash_of(text))
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at < timezone.now() - USED_EVERY:
        ApiToken.objects.filter(id=token.id).update(last_used_at=timezone.now())
    return _principal(token, address, request_id)


def principal_of_token_id(token_id: UUID, *, asked: Principal) -> Principal | None:
    """The same for somebody who came with the token earlier, and is still there."""
    token = _live(id=token_id)
    return _principal(token, asked.address, asked.request_id) if token else None


def _live(**which: object) -> ApiToken | None:
    token = ApiToken.objects.live().filter(**which).select_related("user", "service_principal").first()
    owner = (token.user or token.service_principal) if token else None
    return token if owner is not None and owner.is_active else None


def _principal(token: ApiToken, address: str, request_id: str) -> Principal:
    owner = token.user or token.service_principal
    assert owner is not None  # noqa: S101  a constraint of the table
    return Principal(
        kind=principals.USER if token.user_id else principals.SERVICE_PRINCIPAL,
        id=owner.id,
        name=str(owner),
        tenant_id=token.tenant_id,
        mfa_at=token.mfa_at,
        address=address,
        request_id=request_id,
        token_id=token.id,
    )


def _record(by: Principal, tenant: Tenant, details: dict[str, object]) -> None:
    audit.record(
        by=by, action=actions.DIRECTORY_WRITE, scope=tenant.scope, tenant_id=tenant.id, details=details
    )
