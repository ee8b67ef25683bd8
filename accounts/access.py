"""The gate. In: a principal, an action, a resource. Out: a decision that can be explained, or a refusal.

Nothing else in Homeport compares roles with scopes: page, socket, REST, command, job and download all ask here.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Protocol, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from accounts import actions, audit, principals, scopes
from accounts.models import (
    GroupMember,
    RoleAssignment,
    RoleDefinition,
    ServicePrincipal,
    StaffGrant,
    Tenant,
    User,
)
from accounts.principals import Principal

M = TypeVar("M", bound=Model)


class Resource(Protocol):
    """Anything that can be asked about. Models may add `address_rules`: networks from which acting is allowed."""

    @property
    def tenant_id(self) -> UUID | None: ...
    @property
    def scope(self) -> str: ...


class Verdict(Enum):
    ALLOWED = "allowed"
    UNSEEN = "unseen"
    MISSING_ROLE = "AuthorizationFailed"
    MFA_NEEDED = "MultiFactorNeeded"
    ADDRESS = "AddressNotAllowed"


@dataclass(frozen=True)
class Consideration:
    """One role that was looked at: where it was assigned, and whether it grants the action."""

    role: RoleDefinition
    scope: str
    via: str
    grants: bool
    assignment: RoleAssignment | None = None


@dataclass(frozen=True)
class Decision:
    verdict: Verdict
    action: str
    scope: str
    considered: tuple[Consideration, ...] = ()

    @property
    def allowed(self) -> bool:
        return self.verdict is Verdict.ALLOWED

    @property
    def because(self) -> Consideration | None:
        return next((one for one in self.considered if one.grants), None)


class NotVisible(Exception):
    """To this principal the resource does not exist."""


class Refused(Exception):
    def __init__(self, decision: Decision) -> None:
        super().__init__(f"{decision.verdict.value}: {decision.action} over {decision.scope}")
        self.decision = decision


def authorize(principal: Principal, action: str, resource: Resource) -> Decision:
    """Returns the decision that allows, or raises NotVisible or Refused; a refused write is audited.

    Call it before the act's own transaction, so that the record of a refusal is not rolled back with it.
    """
    decision = decide(principal, action, resource)
    if decision.verdict is Verdict.UNSEEN:
        raise NotVisible
    if not decision.allowed:
        if not actions.only_looks(action):
            audit.record(
                by=principal,
                action=action,
                scope=resource.scope,
                tenant_id=resource.tenant_id,
                outcome="refused",
                error_code=decision.verdict.value,
            )
        raise Refused(decision)
    return decision


def decide(principal: Principal, action: str, resource: Resource) -> Decision:
    if principal.kind == principals.SYSTEM:
        return Decision(Verdict.ALLOWED, action, resource.scope)
    tenant, grant = _standing(principal)
    if tenant is None or tenant.id != resource.tenant_id:
        return Decision(Verdict.UNSEEN, action, resource.scope)
    considered = _considerations(principal, action, resource, grant)
    verdict = _verdict(principal, action, resource, tenant, considered)
    return Decision(verdict, action, resource.scope, considered)


def visible_to(principal: Principal, action: str, queryset: "QuerySet[M]") -> "QuerySet[M]":
    """The rows of `queryset` on which the principal may do the action: constant queries, however many rows."""
    if principal.kind == principals.SYSTEM:
        return queryset
    tenant, grant = _standing(principal)
    if tenant is None:
        return queryset.none()
    if _mfa_is_missing(principal, tenant):
        raise Refused(Decision(Verdict.MFA_NEEDED, action, tenant.scope))
    rows = queryset.filter(tenant_id=tenant.id)
    if grant is not None:
        return rows if grants(grant.role, action) else rows.none()
    held = _assignments(principal, tenant.id)
    roles = RoleDefinition.objects.filter(id__in=held.order_by().values("role_id"))
    granting = held.filter(role__in=[role.id for role in roles if grants(role, action)]).order_by()
    if granting.filter(scope_key=tenant.scope).exists():
        return rows
    return rows.filter(_within(queryset.model, granting))


def _within(model: type[Model], granting: "QuerySet[RoleAssignment]") -> Q:
    """Own scope or that of a parent is among the granted ones; sub-queries, so that no list of parameters grows."""
    keys = granting.values("scope_key")
    condition = Q(scope_key__in=keys)
    for parent in getattr(model, "SCOPE_PARENTS", ()):
        related = model._meta.get_field(parent).related_model
        condition |= Q(**{f"{parent}__in": related._default_manager.filter(scope_key__in=keys).values("pk")})  # type: ignore[union-attr]
    return condition


def grants(role: RoleDefinition, action: str) -> bool:
    if actions.is_data_action(action):
        return _any(role.data_actions, action) and not _any(role.not_data_actions, action)
    return _any(role.actions, action) and not _any(role.not_actions, action)


def _any(patterns: Iterable[str], action: str) -> bool:
    return any(actions.matches(pattern, action) for pattern in patterns)


def _standing(principal: Principal) -> tuple[Tenant | None, StaffGrant | None]:
    """The tenant the principal is in good standing with, and the staff grant where that is all it stands on."""
    if principal.kind == principals.SERVICE_PRINCIPAL:
        tenants = Tenant.objects.filter(
            service_principals__in=ServicePrincipal.objects.filter(id=principal.id, is_active=True)
        )
        return tenants.filter(id=principal.tenant_id, is_active=True).first(), None
    people = User.objects.filter(id=principal.id, is_active=True)
    member = Tenant.objects.filter(id=principal.tenant_id, is_active=True).filter(
        memberships__user__in=people, memberships__is_active=True
    )
    tenant = member.first()
    if tenant is not None:
        return tenant, None
    grant = (
        StaffGrant.objects.live()
        .filter(staff_id=principal.id, tenant_id=principal.tenant_id, tenant__is_active=True)
        .select_related("tenant", "role")
        .first()
    )
    return (grant.tenant, grant) if grant else (None, None)


def _assignments(principal: Principal, tenant_id: UUID) -> "QuerySet[RoleAssignment]":
    groups = GroupMember.objects.filter(user_id=principal.id, group__tenant_id=tenant_id).values("group_id")
    mine = Q(principal_id=principal.id) | Q(principal_id__in=groups)
    return RoleAssignment.objects.live().filter(mine, tenant_id=tenant_id)


def _considerations(
    principal: Principal, action: str, resource: Resource, grant: StaffGrant | None
) -> tuple[Consideration, ...]:
    if grant is not None:
        return (Consideration(grant.role, grant.tenant.scope, "staff grant", grants(grant.role, action)),)
    inherited = scopes.ancestors(resource.scope, resource.tenant_id)
    held = _assignments(principal, resource.tenant_id).filter(scope_key__in=inherited).select_related("role")  # type: ignore[arg-type]
    return tuple(Consideration(one.role, one.scope, one.principal_kind, grants(one.role, action), one) for one in held)


def _verdict(
    principal: Principal, action: str, resource: Resource, tenant: Tenant, considered: tuple[Consideration, ...]
) -> Verdict:
    if _mfa_is_missing(principal, tenant):
        return Verdict.MFA_NEEDED
    if not any(one.grants for one in considered):
        return Verdict.MISSING_ROLE
    rules: Iterable[str] = getattr(resource, "address_rules", ())
    if rules and not actions.only_looks(action) and not _address_allowed(principal.address, rules):
        return Verdict.ADDRESS
    return Verdict.ALLOWED


def _mfa_is_missing(principal: Principal, tenant: Tenant) -> bool:
    if not tenant.require_mfa or principal.kind != principals.USER:
        return False
    if principal.mfa_at is None:
        return True
    # a token keeps the sign-in it was made in; its own expiry bounds it
    oldest = timezone.now() - timedelta(minutes=tenant.mfa_max_age_minutes)
    return principal.token_id is None and principal.mfa_at < oldest


def _address_allowed(address: str, rules: Iterable[str]) -> bool:
    try:
        asking = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(asking in ipaddress.ip_network(rule, strict=False) for rule in rules)
