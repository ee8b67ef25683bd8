"""What the REST API answers besides the portal's pages: sign-in of programs, and everything under ARM's three roots."""

from django.urls import include, path, re_path

from portal.arm import discovery, door, tokens


def any_case(words: str) -> str:
    """A flag would do the same, but Django cannot reverse names where a pattern has one."""
    return "".join(f"[{letter.lower()}{letter.upper()}]" if letter.isalpha() else letter for letter in words)


TENANT = r"(?P<tenant>[A-Za-z0-9._-]+)"
V2 = any_case(r"(?:v2\.0/)?")
ROOTS = any_case("(?:subscriptions|tenants|providers)")

urlpatterns = [
    re_path(f"^{any_case('metadata/endpoints')}/?$", discovery.endpoints, name="arm_endpoints"),
    re_path(
        rf"^{TENANT}/{V2}\.{any_case('well-known/openid-configuration')}$",
        discovery.sign_in,
        name="arm_discovery",
    ),
    re_path(f"^{TENANT}/{any_case('oauth2')}/{V2}{any_case('token')}/?$", tokens.token, name="arm_token"),
    re_path(rf"^{ROOTS}(?:/[\s\S]*)?$", door.enter, name="arm_door"),
    path("", include("portal.arm.routes")),
]
