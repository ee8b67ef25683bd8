"""Keeps what is recorded of one VM bounded: a guest can make its host say the same thing for ever."""

from portal.fleet.models import Alert, HealthEvent, Sighting

KEPT, EVERY = 500, 50  # rows; looked at once in so many of them


def keep_newest(row: HealthEvent | Sighting) -> None:
    if row.pk % EVERY:
        return
    of_vm = type(row)._default_manager.filter(vm_id=row.vm_id)
    newest = of_vm.order_by("-at", "-pk").values_list("pk", flat=True)[:KEPT]
    old = of_vm.exclude(pk__in=list(newest))
    if isinstance(row, Sighting):  # what somebody is still to be told of stays until they were
        open_alerts = Alert.objects.filter(delivered_at=None, given_up_at=None, sighting__isnull=False)
        old = old.exclude(pk__in=open_alerts.values("sighting"))
    old.delete()
