"""Why somebody may or may not do something. In: a principal of the tenant, an action, a resource. Out: the gate's own decision,
and what else was looked at. Nothing is decided here: accounts/access.py does, as it would for the person themselves.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone

from accounts import access, actions
from accounts.decisions import Decision, Finding, Resource, Verdict
from accounts.models import RoleAssignment, RoleDefinition, Tenant
from accounts.models.roles import PrincipalKind
from accounts.principal_search import Match
from accounts.principals import Principal
from accounts.role_selectors import held_by, named, roles_granting

SHOWN = 20


@dataclass(frozen=True)
class Look:
    """One role that was looked at. `group`: through which group it is held; empty when it was given directly."""

    role: RoleDefinition
    scope: str
    group: str
    finding: Finding

    @property
    def grants(self) -> bool:
        return self.finding is Finding.GRANTS

    @property
    def not_listed(self) -> bool:
        return self.finding is Finding.NOT_LISTED


@dataclass(frozen=True)
class Explanation:
    who: Match
    decision: Decision
    looked_at: list[Look] = field(default_factory=list)
    elsewhere: list[Look] = field(default_factory=list)
    expired: list[Look] = field(default_factory=list)
    would_grant: list[RoleDefinition] = field(default_factory=list)
    needs_second_factor: bool = False
    networks: list[str] = field(default_factory=list)

    @property
    def because(self) -> Look | None:
        return next((look for look in self.looked_at if look.grants), None)

    @property
    def unseen(self) -> bool:
        return self.decision.verdict is Verdict.UNSEEN

    @property
    def wrong_address(self) -> bool:
        return self.decision.verdict is Verdict.ADDRESS


def explain(
    *, reader: Principal, tenant: Tenant, who: Match, action: str, resource: Resource, address: str = ""
) -> Explanation:
    """As if `who` had just confirmed a second factor and came from `address`. Roles at other scopes are told only where
    the reader may see assignments."""
    decision = access.decide(as_if_confirmed(who, tenant, address), action, resource)
    held = {one.id: one for one in named(held_by(tenant, who.id))}
    considered = {one.assignment.id for one in decision.considered if one.assignment is not None}
    others = _readable(reader, [one for one in held.values() if one.id not in considered])
    now = timezone.now()
    expired = [one for one in others if one.expires_at is not None and one.expires_at <= now]
    return Explanation(
        who=who,
        decision=decision,
        looked_at=[
            Look(
                one.role,
                one.scope,
                _group(held.get(one.assignment.id) if one.assignment else None),
                one.finding,
            )
            for one in decision.considered
        ],
        elsewhere=_looks([one for one in others if one not in expired], action),
        expired=_looks(expired, action),
        would_grant=[] if decision.because else roles_granting(tenant, action),
        needs_second_factor=tenant.require_mfa and who.kind == PrincipalKind.USER,
        networks=[] if actions.only_looks(action) else list(getattr(resource, "address_rules", [])),
    )


def as_if_confirmed(who: Match, tenant: Tenant, address: str = "") -> Principal:
    return Principal(who.kind, who.id, who.name, tenant.id, mfa_at=timezone.now(), address=address)


def _readable(reader: Principal, assignments: list[RoleAssignment]) -> list[RoleAssignment]:
    ids: list[UUID] = [one.id for one in assignments]
    if not ids:
        return []
    visible = access.visible_to(reader, actions.ASSIGNMENT_READ, RoleAssignment.objects.filter(id__in=ids))
    shown = set(visible.order_by().values_list("id", flat=True))
    return [one for one in assignments if one.id in shown]


def _looks(assignments: list[RoleAssignment], action: str) -> list[Look]:
    """Those that would grant the action first: they are the likeliest answer to "but I gave them that role"."""
    looks = [Look(one.role, one.scope, _group(one), access.finding(one.role, action)) for one in assignments]
    return sorted(looks, key=lambda look: not look.grants)[:SHOWN]


def _group(assignment: RoleAssignment | None) -> str:
    if assignment is None or assignment.principal_kind != PrincipalKind.GROUP:
        return ""
    return str(getattr(assignment, "holder", ""))
