"""From one proof to a sign-in. In: a person who typed a password or came from a provider. Out: where the browser goes next.

Whoever has a second factor is asked for it before any session of theirs exists; until then the browser only remembers, for a few minutes, who is being asked.
"""

import time
from dataclasses import asdict, dataclass
from datetime import datetime

from django.contrib import auth, messages
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import mfa, providers, selectors, sign_ins
from accounts.models import IdentityProvider, User
from accounts.requests import AnyRequest

PENDING_KEY = "pending_sign_in"
PROVIDER_KEY = "identity_provider"
AFTER_FACTOR_KEY = "after_factor"
PROBLEM_KEY = "sign_in_problem"
INVITATION_KEY = "invitation"
PENDING_SECONDS = 600
CONFIRM, ENROL = "/sign-in/confirm/", "/account/security/"


@dataclass(frozen=True)
class Pending:
    user_id: str
    epoch: int
    method: str
    next: str
    provider_id: str
    at: float


def admit(
    request: AnyRequest,
    user: User,
    *,
    method: str,
    next: str,
    provider: IdentityProvider | None = None,
    mfa_at: datetime | None = None,
) -> str:
    """The address to go to: the second factor, or what was asked for. `mfa_at` is when a provider trusted with it saw the factor."""
    if mfa.has_factor(user) and mfa_at is None:
        provider_id = str(provider.id) if provider else ""
        pending = Pending(str(user.id), user.sign_in_epoch, method, next, provider_id, time.time())
        _leave(request)
        request.session[PENDING_KEY] = asdict(pending)
        return CONFIRM
    return enter(request, user, method=method, next=next, provider=provider, mfa_at=mfa_at)


def _leave(request: AnyRequest) -> None:
    """One browser is one person: who was signed in here is not, while somebody proves who they are."""
    if request.sign_in is None or request.principal is None:
        request.session.cycle_key()
        return
    sign_ins.end_sign_in(request.sign_in, by=request.principal, reason="signed in again")
    auth.logout(request)
    request.sign_in = None


def enter(
    request: AnyRequest,
    user: User,
    *,
    method: str,
    next: str,
    provider: IdentityProvider | None,
    mfa_at: datetime | None,
) -> str:
    request.session.pop(PENDING_KEY, None)
    sign_in = sign_ins.open_sign_in(
        request,
        user,
        method=method,
        mfa_at=mfa_at,
        only_tenant=provider.tenant if provider else None,
    )
    if provider is not None:
        request.session[PROVIDER_KEY] = provider.slug
    tenants = selectors.tenants_open_to(sign_in)
    if mfa_at is None and tenants and tenants[0].require_mfa:
        return lead_to_enrolment(request, tenants[0].name, next)
    return next


def lead_to_enrolment(request: AnyRequest, tenant: str, next: str) -> str:
    request.session[AFTER_FACTOR_KEY] = next
    messages.warning(
        request, _("%(tenant)s requires a second factor. Add one here to go on.") % {"tenant": tenant}
    )
    return ENROL


def pending(request: AnyRequest) -> tuple[User, Pending] | None:
    """Who is being asked for a second factor in this browser, unless that took too long or they changed meanwhile."""
    kept = request.session.get(PENDING_KEY)
    if not isinstance(kept, dict):
        return None
    waiting = Pending(**kept)
    user = User.objects.filter(id=waiting.user_id, is_active=True, sign_in_epoch=waiting.epoch).first()
    return (user, waiting) if user and waiting.at > time.time() - PENDING_SECONDS else None


def finish(request: AnyRequest, user: User, waiting: Pending, *, factor: str) -> str:
    """The second factor was right. A provider that was turned off while it was typed admits nobody."""
    provider = None
    if waiting.provider_id:
        provider = providers.active().filter(id=waiting.provider_id).first()
        if provider is None:
            request.session.pop(PENDING_KEY, None)
            return refuse(
                request, _("This identity provider was turned off meanwhile. Ask your administrator.")
            )
    return enter(
        request,
        user,
        method=f"{waiting.method}, {factor}",
        next=waiting.next,
        provider=provider,
        mfa_at=timezone.now(),
    )


def refuse(request: AnyRequest, sentence: str, *, tenant: str = "") -> str:
    """Back to the sign-in page, which shows the sentence once."""
    request.session[PROBLEM_KEY] = sentence
    return f"/sign-in/?{urlencode({'tenant': tenant})}" if tenant else "/sign-in/"
