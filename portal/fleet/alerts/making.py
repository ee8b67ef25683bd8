"""Alerts out of what was seen. In: trouble that has just begun. Out: one waiting alert for each target of the tenant, and a job each."""

from datetime import timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from portal.fleet.alerts.jobs import deliver_soon
from portal.fleet.models import Alert, AlertTarget, Sighting

QUIET = timedelta(minutes=10)  # a machine that crashes as it boots tells so once in that time


def make_alerts(seen: Sighting) -> list[Alert]:
    told = Alert.objects.filter(
        sighting__vm_id=seen.vm_id, sighting__kind=seen.kind, made_at__gt=timezone.now() - QUIET
    )
    if told.exists():
        return []
    targets = AlertTarget.objects.filter(tenant_id=seen.vm.tenant_id, enabled=True)
    alerts = [Alert(target=target, sighting=seen, next_try_at=timezone.now()) for target in targets]
    Alert.objects.bulk_create(alerts)
    for alert in alerts:
        transaction.on_commit(partial(deliver_soon, alert.id))
    return alerts
