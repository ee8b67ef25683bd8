"""What the middleware adds to a request, as types that views can name."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import SignIn, Tenant, User
from accounts.principals import Principal


class AnyRequest(HttpRequest):
    user: User | AnonymousUser
    principal: Principal | None
    tenant: Tenant | None
    tenants: list[Tenant]
    sign_in: SignIn | None
    request_id: str
    address: str
    htmx: HtmxDetails


class PortalRequest(AnyRequest):
    """A request of somebody signed in, acting in a tenant: guaranteed by `@portal_page` on every view of the portal."""

    user: User
    principal: Principal
    tenant: Tenant
    sign_in: SignIn
