"""What the directory pages ask the gate, each time the same way. In: a request. Out: which acts its page may offer."""

from dataclasses import dataclass
from uuid import UUID

from accounts import actions
from accounts.access import authorize, authorize_first
from accounts.directory import assignments_of
from accounts.requests import PortalRequest

OFFERED = [
    actions.DIRECTORY_WRITE,
    actions.ASSIGNMENT_READ,
    actions.ASSIGNMENT_WRITE,
    actions.TENANT_WRITE,
]


@dataclass(frozen=True)
class Rights:
    write: bool
    see_access: bool
    assign: bool
    settings: bool


def reading(request: PortalRequest, action: str = actions.DIRECTORY_READ) -> Rights:
    """Refuses whoever may not even look; says what else to offer to the others."""
    said = authorize_first(request.principal, [action, *OFFERED], request.tenant)
    return Rights(*(said[one].allowed for one in OFFERED))


def writing(request: PortalRequest) -> None:
    authorize(request.principal, actions.DIRECTORY_WRITE, request.tenant)


def handing_over(request: PortalRequest, ids: set[UUID]) -> None:
    """Taking hold of an identity that has roles is giving oneself those roles, so it takes the right to give them."""
    writing(request)
    if assignments_of(request.tenant, ids).exists():
        authorize(request.principal, actions.ASSIGNMENT_WRITE, request.tenant)


def taking_away(request: PortalRequest, ids: set[UUID]) -> None:
    """The other direction: whoever ends somebody's roles along with the identity must be allowed to take roles away."""
    writing(request)
    if assignments_of(request.tenant, ids).exists():
        authorize(request.principal, actions.ASSIGNMENT_DELETE, request.tenant)
