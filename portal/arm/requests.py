"""A request of the REST API: whose it is comes from its bearer token alone, never from a cookie."""

from django.http import HttpRequest

from accounts.principals import Principal


class ArmRequest(HttpRequest):
    principal: Principal
    request_id: str
    address: str


def base_of(request: HttpRequest) -> str:
    """The portal as this client reached it: links and discovery documents lead back to the same host."""
    return f"{request.scheme}://{request.get_host()}"
