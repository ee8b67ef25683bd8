"""Finds people, groups and service principals of a tenant by what somebody types. In: words. Out: at most a handful of matches."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from accounts.models import Group, ServicePrincipal, Tenant
from accounts.models.roles import PrincipalKind
from accounts.selectors import people_of

M = TypeVar("M", bound=Model)
LIMIT = 12
EVERY_KIND = (PrincipalKind.USER, PrincipalKind.GROUP, PrincipalKind.SERVICE_PRINCIPAL)


@dataclass(frozen=True)
class Match:
    kind: str
    id: UUID
    name: str
    hint: str = ""

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.id}"

    @property
    def label(self) -> str:
        return str(PrincipalKind(self.kind).label)


def search(
    tenant: Tenant, words: str, *, kinds: tuple[str, ...] = EVERY_KIND, among: set[UUID] | None = None
) -> list[Match]:
    """`among` limits it to principals the asker knows of anyway, by the names that lists show: not by how they sign in."""
    found: list[Match] = []
    if PrincipalKind.USER in kinds:
        fields = ("display_name", "username", "email") if among is None else ("display_name",)
        rows = _matching(people_of(tenant).filter(is_active=True), words, among, *fields)
        hinted = among is None
        found += [Match(PrincipalKind.USER, one.id, str(one), one.username if hinted else "") for one in rows]
    if PrincipalKind.GROUP in kinds:
        groups = _matching(Group.objects.filter(tenant=tenant), words, among, "name")
        found += [Match(PrincipalKind.GROUP, group.id, group.name, group.description) for group in groups]
    if PrincipalKind.SERVICE_PRINCIPAL in kinds:
        programs = _matching(
            ServicePrincipal.objects.filter(tenant=tenant, is_active=True), words, among, "name"
        )
        found += [
            Match(PrincipalKind.SERVICE_PRINCIPAL, one.id, one.name, str(one.client_id)) for one in programs
        ]
    return sorted(found, key=lambda match: match.name.lower())[:LIMIT]


def _matching(rows: "QuerySet[M]", words: str, among: set[UUID] | None, *fields: str) -> "QuerySet[M]":
    for word in words.split():
        condition = Q()
        for field in fields:
            condition |= Q(**{f"{field}__icontains": word})
        rows = rows.filter(condition)
    return (rows if among is None else rows.filter(pk__in=among))[:LIMIT]


def chosen(tenant: Tenant, value: str) -> Match | None:
    """The principal that a form's value names, if it is one of the tenant's."""
    kind, _, raw = value.partition(":")
    try:
        wanted = UUID(raw)
    except ValueError:
        return None
    rows: dict[str, QuerySet[Any]] = {
        PrincipalKind.USER: people_of(tenant),
        PrincipalKind.GROUP: Group.objects.filter(tenant=tenant),
        PrincipalKind.SERVICE_PRINCIPAL: ServicePrincipal.objects.filter(tenant=tenant),
    }
    found = rows[kind].filter(pk=wanted).first() if kind in rows else None
    return Match(kind, wanted, str(found)) if found is not None else None
