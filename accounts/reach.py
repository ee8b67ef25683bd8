"""What menus and links may offer somebody. In: a principal. Out: every role held, and where.

A hint only: the page behind every entry asks the gate itself.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef

from accounts import access, scopes
from accounts.models import Membership, RoleAssignment, RoleDefinition, StaffGrant
from accounts.principals import Principal


@dataclass(frozen=True)
class Reach:
    """`held`: the roles at each scope, by its key."""

    tenant_id: UUID | None
    held: dict[str, list[RoleDefinition]]

    def includes(self, action: str, *, anywhere: bool) -> bool:
        return self.within(
            action, {scopes.kind_of(key) for key in self.held} if anywhere else {scopes.TENANT}
        )

    def within(self, action: str, kinds: set[str]) -> bool:
        """Whether it is granted at some scope of these kinds."""
        roles = (role for key, held in self.held.items() if scopes.kind_of(key) in kinds for role in held)
        return any(access.grants(role, action) for role in roles)

    def at(self, action: str, scope: str) -> bool:
        return access.granted_by(self.held, action, scope, self.tenant_id)


NOWHERE = Reach(None, {})


def reach(principal: Principal, grant: StaffGrant | None) -> Reach:
    tenant_id = principal.tenant_id
    if grant is not None:
        return Reach(tenant_id, {scopes.tenant_scope(tenant_id): [grant.role]})
    if tenant_id is None:
        return NOWHERE
    found: dict[str, list[RoleDefinition]] = {}
    for one in _live(principal, tenant_id):
        found.setdefault(one.scope_key, []).append(one.role)
    return Reach(tenant_id, found)


def _live(principal: Principal, tenant_id: UUID) -> list[RoleAssignment]:
    held = access.assigned_to(principal, tenant_id).live().select_related("role")
    rights = ("actions", "not_actions", "data_actions", "not_data_actions")
    return list(held.only("scope_key", "role_id", *(f"role__{name}" for name in rights)))


def grant_stood_on(person: UUID, tenant: UUID) -> StaffGrant | None:
    """The staff grant by which somebody who is no member acts in the tenant."""
    member = Membership.objects.filter(user_id=person, tenant_id=OuterRef("tenant_id"), is_active=True)
    grants = StaffGrant.objects.live().filter(staff_id=person, tenant_id=tenant)
    return grants.filter(~Exists(member)).select_related("role").first()
