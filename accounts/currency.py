"""Whether somebody is still who they were. In: a browser's session, or a principal made a while ago. Out: a principal as of now, or nobody.

The middleware asks at every request, a live console every few seconds: both by the rules that are here.
"""

from dataclasses import dataclass, replace
from importlib import import_module

from django.conf import settings
from django.contrib import auth
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts import selectors, sign_ins
from accounts.models import SignIn, Tenant, User
from accounts.principals import USER, Principal
from accounts.services import credentials


@dataclass(frozen=True)
class Acting:
    """In which of the tenants that are open to a sign-in somebody acts: in none where none is."""

    principal: Principal
    tenant: Tenant | None
    tenants: list[Tenant]


def sign_in_of(request: HttpRequest) -> SignIn | None:
    """The row behind a session, which may name somebody who was signed out, disabled or sent away meanwhile."""
    user, session = request.user, request.session
    if not isinstance(user, User) or sign_ins.SESSION_KEY not in session:
        return None
    return sign_ins.open_one(user.id, str(session[sign_ins.SESSION_KEY]))


def acting(sign_in: SignIn, session: SessionBase, *, address: str, request_id: str) -> Acting:
    """In the tenant that was chosen in this browser while that is open to them, else in the first that is."""
    tenants = selectors.tenants_open_to(sign_in)
    wanted = session.get(sign_ins.TENANT_KEY)
    chosen = next((one for one in tenants if str(one.id) == wanted), None)
    tenant = chosen or next(iter(tenants), None)
    principal = Principal(
        kind=USER,
        id=sign_in.user_id,
        name=sign_in.user.display_name,
        tenant_id=tenant.id if tenant else None,
        mfa_at=sign_in.mfa_at,
        address=address,
        request_id=request_id,
        sign_in_id=sign_in.id,
    )
    return Acting(principal, tenant, tenants)


def principal_of_session(session_key: str, *, address: str = "", request_id: str = "") -> Principal | None:
    """What the middleware would make of a request with this session cookie; for sockets, which pass no middleware."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    request.user = auth.get_user(request)
    sign_in = sign_in_of(request)
    if sign_in is None:
        return None
    return acting(sign_in, request.session, address=address, request_id=request_id).principal


def renewed(principal: Principal) -> Principal | None:
    """As of now, second factor included; None once what they proved themselves with has ended. Roles are the gate's matter."""
    if principal.id is None:
        return None
    if principal.sign_in_id is not None:
        return _of_sign_in(principal)
    if principal.token_id is not None:
        return credentials.principal_of_token_id(principal.token_id, asked=principal)
    return None


def _of_sign_in(principal: Principal) -> Principal | None:
    assert principal.id is not None and principal.sign_in_id is not None  # noqa: S101, PT018  tells the types
    sign_in = sign_ins.open_one(principal.id, principal.sign_in_id)
    if sign_in is None or sign_in.only_tenant_id not in (None, principal.tenant_id):
        return None
    return replace(principal, kind=USER, name=sign_in.user.display_name, mfa_at=sign_in.mfa_at)
