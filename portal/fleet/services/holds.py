"""Legal holds: while one is in force, nothing recorded at its scope or below is deleted, whoever asks and whatever clock is due."""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts import actions, audit, scopes
from accounts.decisions import Resource
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models.records import LegalHold


class OnHold(Exception):
    """What was to be deleted lies at or below the scope of a legal hold."""

    def __init__(self, hold: LegalHold) -> None:
        super().__init__(hold.scope)
        self.hold = hold


def on_hold(tenant_id: UUID, scope_key: str) -> LegalHold | None:
    """The hold that keeps what is recorded at this scope: one put on the scope itself, or on whatever it lies in."""
    return in_force(tenant_id).filter(scope_key__in=scopes.ancestors(scope_key, tenant_id)).first()


def still_on_hold(tenant_id: UUID, scope_key: str) -> LegalHold | None:
    """`on_hold`, for whoever deletes in the same transaction: who puts one meanwhile waits until it ends."""
    let_holds_wait(tenant_id)
    return on_hold(tenant_id, scope_key)


def refuse_on_hold(tenant_id: UUID, scope_key: str) -> None:
    """Raises OnHold, as `still_on_hold` finds it."""
    if hold := still_on_hold(tenant_id, scope_key):
        raise OnHold(hold)


def in_force(tenant_id: UUID) -> "QuerySet[LegalHold]":
    return LegalHold.objects.filter(tenant_id=tenant_id, ended_at=None)


def asked_of_many() -> Callable[[UUID, str], bool]:
    """`on_hold` for whoever asks about things of all tenants: the holds are read once."""
    held = set(LegalHold.objects.filter(ended_at=None).values_list("tenant_id", "scope_key"))

    def is_held(tenant_id: UUID, scope_key: str) -> bool:
        return bool(held) and any((tenant_id, one) in held for one in scopes.ancestors(scope_key, tenant_id))

    return is_held


def covers(hold: LegalHold, scope_key: str) -> bool:
    return hold.scope_key in scopes.ancestors(scope_key, hold.tenant_id)


def let_holds_wait(tenant_id: UUID) -> None:
    """Until the transaction ends: what is found free of holds in it is so when it is gone."""
    Tenant.objects.select_for_update(no_key=True).get(id=tenant_id)


@transaction.atomic
def put_hold(*, by: Principal, tenant: Tenant, resource: Resource, reason: str) -> LegalHold:
    let_holds_wait(tenant.id)
    hold = LegalHold.objects.create(
        tenant=tenant,
        scope=resource.scope,
        scope_key=resource.scope.lower(),
        reason=reason.strip(),
        made_by_id=by.id,
        made_by_name=by.name[:150],
    )
    _record(by, hold, reason=hold.reason)
    return hold


@transaction.atomic
def end_hold(*, by: Principal, hold: LegalHold) -> None:
    """Ended once: of two who end it at the same moment, the second changes nothing."""
    open_ = LegalHold.objects.filter(id=hold.id, ended_at=None)
    if open_.update(ended_at=timezone.now(), ended_by_name=by.name[:150]):
        _record(by, hold, ended=True)


def _record(by: Principal, hold: LegalHold, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.HOLD_WRITE,
        scope=hold.scope,
        tenant_id=hold.tenant_id,
        details={"hold": str(hold.id), **details},
    )
