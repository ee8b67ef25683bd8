"""Alerts on their way. Each job may run twice, or never: what waits is in the rows, and found again by the clock.

As many jobs as there are alerts due, but none of a certain one: tenants take turns, whoever was told of trouble longest ago first.
"""

from portal.fleet.alerts.delivering import deliver, give_up_late, next_alert, waiting
from portal.fleet.targets.turns import enqueue_turns

QUEUE = "alerts"  # of their own: whoever answers slowly keeps nothing else waiting
MOST, SECONDS = 200, 20


def deliver_soon() -> None:
    enqueue_turns(QUEUE, deliver_alert_job, waiting(MOST), SECONDS)


def deliver_alert_job() -> bool:
    alert_id = next_alert()
    return alert_id is not None and deliver(alert_id)


def deliver_waiting_alerts_job() -> None:
    give_up_late()
    deliver_soon()
