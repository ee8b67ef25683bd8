"""The gate. In: a principal, an action, a resource. Out: a decision that can be explained, or a refusal.

Nothing else in Homeport compares roles with scopes: page, socket, REST, command, job and download all ask here.
"""

from collections.abc import Iterable
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat

from accounts import actions, audit, principals, scopes
from accounts.conditions import address_allowed, mfa_is_missing
from accounts.decisions import Consideration, Decision, Finding, NotVisible, Refused, Resource, Verdict
from accounts.models import (
    GroupMember,
    RoleAssignment,
    RoleDefinition,
    StaffGrant,
    Tenant,
)
from accounts.models.roles import RoleAssignmentQuerySet
from accounts.principals import Principal
from accounts.standing import standing

M = TypeVar("M", bound=Model)


def authorize(principal: Principal, action: str, resource: Resource) -> Decision:
    """Returns the decision that allows, or raises NotVisible or Refused; a refused write is audited.

    Call it before the act's own transaction, so that the record of a refusal is not rolled back with it.
    """
    return authorize_first(principal, [action], resource)[action]


def authorize_first(principal: Principal, wanted: list[str], resource: Resource) -> dict[str, Decision]:
    """The first action must be allowed; whether the others are is told along with it, for the same queries."""
    decisions = decide_each(principal, wanted, resource)
    decision = decisions[wanted[0]]
    if decision.verdict is Verdict.UNSEEN:
        raise NotVisible
    if not decision.allowed:
        if not actions.only_looks(decision.action):
            audit.record(
                by=principal,
                action=decision.action,
                scope=resource.scope,
                tenant_id=resource.tenant_id,
                outcome="refused",
                error_code=decision.verdict.value,
            )
        raise Refused(decision)
    return decisions


def decide(principal: Principal, action: str, resource: Resource) -> Decision:
    return decide_each(principal, [action], resource)[action]


def decide_each(principal: Principal, wanted: Iterable[str], resource: Resource) -> dict[str, Decision]:
    """The same for several actions, for the queries of one: what a page needs to know which buttons to show."""
    if principal.kind == principals.SYSTEM:
        return {action: Decision(Verdict.ALLOWED, action, resource.scope) for action in wanted}
    tenant, grant = standing(principal)
    if tenant is None or tenant.id != resource.tenant_id:
        return {action: Decision(Verdict.UNSEEN, action, resource.scope) for action in wanted}
    held = _held(principal, resource, grant)
    return {action: _decision(principal, action, resource, tenant, held) for action in wanted}


def granted_at(decision: Decision, scope: str) -> bool:
    """Whether what grants it at the decision's scope grants it at that wider one on the way up, too."""
    wider = scopes.ancestors(scope, decision.tenant_id)
    return any(one.grants and one.scope.lower() in wider for one in decision.considered)


def granted_by(
    held: dict[str, list[RoleDefinition]], action: str, scope: str, tenant_id: UUID | None
) -> bool:
    """Whether a role held at the scope or above it grants the action; `held` by the keys of scopes."""
    above = scopes.ancestors(scope, tenant_id)
    return any(grants(role, action) for key in above for role in held.get(key, ()))


def visible_to(principal: Principal, action: str, queryset: "QuerySet[M]") -> "QuerySet[M]":
    """The rows of `queryset` on which the principal may do the action: constant queries, however many rows."""
    return visible_each(principal, [(action, queryset)])[0]


def visible_each(principal: Principal, wanted: "list[tuple[str, QuerySet[Any]]]") -> "list[QuerySet[Any]]":
    """The same for several kinds of rows, for the queries of one."""
    if principal.kind == principals.SYSTEM:
        return [rows for _, rows in wanted]
    tenant, grant = standing(principal)
    if tenant is None:
        return [rows.none() for _, rows in wanted]
    if mfa_is_missing(principal, tenant):
        raise Refused(Decision(Verdict.MFA_NEEDED, wanted[0][0], tenant.scope))
    own = [(action, rows.filter(tenant_id=tenant.id)) for action, rows in wanted]
    if grant is not None:
        return [rows if grants(grant.role, action) else rows.none() for action, rows in own]
    held = assigned_to(principal, tenant.id).live()
    roles = list(RoleDefinition.objects.filter(id__in=held.values("role_id")))
    places = set(held.values_list("role_id", "scope_key").distinct())
    return [
        _visible(rows, held, {role.id for role in roles if grants(role, action)}, places)
        for action, rows in own
    ]


def _visible(
    rows: "QuerySet[M]", held: RoleAssignmentQuerySet, granting: set[UUID], places: set[tuple[UUID, str]]
) -> "QuerySet[M]":
    kinds = {scopes.kind_of(key) for role, key in places if role in granting}
    return (
        rows
        if scopes.TENANT in kinds
        else rows.filter(_within(rows.model, held.filter(role__in=granting), kinds))
    )


def touched(principal: Principal, queryset: "QuerySet[M]") -> "QuerySet[M]":
    """The rows at or below which the principal holds any role: enough to know that they exist, and to list them."""
    tenant, grant = standing(principal)
    if tenant is None:
        return queryset.none()
    if mfa_is_missing(principal, tenant):
        raise Refused(Decision(Verdict.MFA_NEEDED, "*/read", tenant.scope))
    rows = queryset.filter(tenant_id=tenant.id)
    held = assigned_to(principal, tenant.id).live()
    kinds = _kinds(held)
    if grant is not None or scopes.TENANT in kinds:
        return rows
    below = held.filter(scope_key__startswith=Concat(OuterRef("scope_key"), Value("/")))
    return rows.filter(_within(queryset.model, held, kinds) | Exists(below))


def _within(model: type[Model], granting: "QuerySet[RoleAssignment]", kinds: set[str]) -> Q:
    """Own scope or a parent's is among the granted ones. Sub-queries, so that no list of parameters grows; and only those
    for kinds of scopes at which something was granted, so that somebody with one machine is found by one index look-up."""
    keys = granting.values("scope_key")
    parents: dict[str, str] = getattr(model, "SCOPE_PARENTS", {})
    condition = Q(scope_key__in=keys) if kinds - set(parents.values()) else Q(pk__in=[])
    for parent, kind in parents.items():
        if kind in kinds:
            related = model._meta.get_field(parent).related_model
            within = related._default_manager.filter(scope_key__in=keys)  # type: ignore[union-attr]
            condition |= Q(**{f"{parent}__in": within.values("pk")})
    return condition


def _kinds(assignments: "QuerySet[RoleAssignment]") -> set[str]:
    return {scopes.kind_of(key) for key in assignments.values_list("scope_key", flat=True).distinct()}


def grants(role: RoleDefinition, action: str) -> bool:
    return finding(role, action) is Finding.GRANTS


def finding(role: RoleDefinition, action: str) -> Finding:
    data = actions.is_data_action(action)
    if not _any(role.data_actions if data else role.actions, action):
        return Finding.NOT_LISTED
    return (
        Finding.EXCLUDED
        if _any(role.not_data_actions if data else role.not_actions, action)
        else Finding.GRANTS
    )


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(actions.matches(pattern, action) for pattern in patterns)


def assigned_to(principal: Principal, tenant_id: UUID) -> "RoleAssignmentQuerySet":
    """Its own and its groups', expired ones too."""
    groups = GroupMember.objects.filter(Q(user_id=principal.id)).values("group_id")
    mine = Q(principal_id=principal.id) | Q(principal_id__in=groups)
    return RoleAssignment.objects.filter(mine, tenant_id=tenant_id).order_by()


Held = tuple[RoleDefinition, str, str, RoleAssignment | None]


def _held(principal: Principal, resource: Resource, grant: StaffGrant | None) -> list[Held]:
    if grant is not None:
        return [(grant.role, grant.tenant.scope, "staff grant", None)]
    inherited = scopes.ancestors(resource.scope, resource.tenant_id)
    held = assigned_to(principal, resource.tenant_id).filter(scope_key__in=inherited).select_related("role")  # type: ignore[arg-type]
    return [(one.role, one.scope, one.principal_kind, one) for one in held if one.is_live]


def _decision(
    principal: Principal, action: str, resource: Resource, tenant: Tenant, held: list[Held]
) -> Decision:
    considered = tuple(
        Consideration(role, at, via, finding(role, action), one) for role, at, via, one in held
    )
    verdict = _verdict(principal, action, resource, tenant, considered)
    return Decision(verdict, action, resource.scope, considered, tenant.id)


def _verdict(
    principal: Principal,
    action: str,
    resource: Resource,
    tenant: Tenant,
    considered: tuple[Consideration, ...],
) -> Verdict:
    if mfa_is_missing(principal, tenant):
        return Verdict.MFA_NEEDED
    if not any(one.grants for one in considered):
        return Verdict.MISSING_ROLE
    rules: Iterable[str] = getattr(resource, "address_rules", ())
    if rules and not actions.only_looks(action) and not address_allowed(principal.address, rules):
        return Verdict.ADDRESS
    return Verdict.ALLOWED
