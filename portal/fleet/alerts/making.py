"""Alerts out of what was seen. In: trouble that has just begun, of a machine or of records. Out: one waiting alert for each target of the tenant, and turns for them."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from portal.fleet.alerts.jobs import deliver_soon
from portal.fleet.models import Alert, AlertTarget, RecordTrouble, Sighting

QUIET = timedelta(minutes=10)  # a machine that crashes as it boots tells so once in that time


def make_alerts(seen: Sighting) -> list[Alert]:
    told = Alert.objects.filter(
        sighting__vm_id=seen.vm_id, sighting__kind=seen.kind, made_at__gt=timezone.now() - QUIET
    )
    if told.exists():
        return []
    return _send(Alert(target=target, sighting=seen) for target in _targets(seen.vm.tenant_id))


def tell_of_records(trouble: RecordTrouble, *, is_over: bool = False) -> list[Alert]:
    """That it is over hears whoever heard that it began."""
    targets = _targets(trouble.tenant_id)
    if is_over:
        targets = targets.filter(alerts__trouble=trouble)
    return _send(Alert(target=target, trouble=trouble, is_over=is_over) for target in targets)


def _targets(tenant_id: UUID) -> "QuerySet[AlertTarget]":
    return AlertTarget.objects.filter(tenant_id=tenant_id, enabled=True)


def _send(made: Iterable[Alert]) -> list[Alert]:
    alerts, now = list(made), timezone.now()
    for alert in alerts:
        alert.next_try_at = now
    Alert.objects.bulk_create(alerts)
    if alerts:
        transaction.on_commit(deliver_soon)
    return alerts
