"""What the access and activity tabs of every scope share. In: a request and a scope. Out: the resource behind the gate, what else
the person may do there, and the way down to it.
"""

from dataclasses import dataclass
from functools import cached_property

from accounts.access import granted_at
from accounts.decisions import Decision, Resource
from accounts.requests import PortalRequest
from portal.fleet.places import Place, chain
from portal.fleet.selectors import resource_and_rights


@dataclass
class ScopePage:
    resource: Resource
    rights: dict[str, Decision]
    places: list[Place]

    @property
    def here(self) -> Place:
        return self.places[-1]

    @property
    def above(self) -> list[Place]:
        return self.places[:-1]

    @property
    def address(self) -> str:
        """The scope as it stands in the portal's URLs."""
        return self.here.scope.lstrip("/")

    @cached_property
    def by_key(self) -> dict[str, Place]:
        return {place.key: place for place in self.places}

    def may(self, action: str) -> bool:
        return self.rights[action].allowed

    def may_at(self, action: str, scope: str) -> bool:
        """At a scope on the way down to here."""
        return granted_at(self.rights[action], scope)


def open_scope(request: PortalRequest, scope: str, *wanted: str) -> ScopePage:
    """The first action must be allowed."""
    resource, rights = resource_and_rights(request.principal, list(wanted), f"/{scope}")
    return ScopePage(resource, rights, chain(request.tenant, resource))
