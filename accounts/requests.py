"""What the middleware adds to a request, as a type that views can name."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import SignIn, Tenant, User
from accounts.principals import Principal


class PortalRequest(HttpRequest):
    """A request of somebody signed in, acting in a tenant: guaranteed by `@portal_page` on every view of the portal."""

    user: User
    principal: Principal
    tenant: Tenant
    tenants: list[Tenant]
    sign_in: SignIn
    request_id: str
    address: str
    htmx: HtmxDetails


class AnyRequest(HttpRequest):
    user: User | AnonymousUser  # type: ignore[assignment]
    principal: Principal | None
    tenant: Tenant | None
    tenants: list[Tenant]
    sign_in: SignIn | None
    request_id: str
    address: str
    htmx: HtmxDetails
