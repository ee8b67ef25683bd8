"""Brings an alert to its target. In: an alert's id. Out: delivered, or when it will be tried again, or given up after a day.

Claimed by a conditional update, so that two jobs never send the same one at a time.
"""

from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.core.mail import send_mail
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from accounts.services.invitations import has_mail_server
from portal.fleet.alerts import message
from portal.fleet.models import Alert, AlertTarget
from portal.fleet.targets import failures, webhooks
from portal.fleet.targets.failures import FIRST, NotDelivered, pause_after
from portal.fleet.targets.turns import in_turn

WHOLE = timedelta(days=1)
CLAIM = timedelta(minutes=2)  # longer than any try takes
ABOUT = (
    *(
        f"{vm}__{of_vm}"
        for vm in ("sighting__vm", "trouble__vm")
        for of_vm in ("resource_group", "scale_set")
    ),
    "trouble__account__resource_group",
)


def waiting(most: int) -> int:
    return len(_due(timezone.now()).values_list("id")[:most])


def next_alert() -> UUID | None:
    """Of the target whose turn it is, what was due first."""
    due = _due(timezone.now())
    target = in_turn(AlertTarget.objects.filter(id__in=due.values("target"))).first()
    return due.filter(target=target).order_by("next_try_at").values_list("id", flat=True).first()


def give_up_late() -> None:
    """What still waits for its turn after a day: nobody wants to hear of it later."""
    now = timezone.now()
    late = _unfinished().filter(made_at__lte=now - WHOLE, next_try_at__lte=now)
    late.update(given_up_at=now, next_try_at=None)


def deliver(alert_id: UUID) -> bool:
    now = timezone.now()
    if not (_due(now).filter(id=alert_id).exists() and _claimed(alert_id, now)):
        return False
    alert = Alert.objects.select_related("target", *ABOUT).get(id=alert_id)
    try:
        send(alert.target, str(alert.id), alert)
    except NotDelivered as failed:
        _failed(alert, failed.code)
        return False
    except JobTimeoutException:  # it answered a byte at a time, for as long as a worker has
        _failed(alert, failures.SILENT)
        return False
    _arrived(alert)
    return True


def send(target: AlertTarget, alert_id: str, alert: Alert | None) -> None:
    """Without an alert it is a test."""
    if target.is_webhook:
        webhooks.send(target, message.as_json(alert_id, alert))
    else:
        _mail(target.address, *message.as_mail(alert))


def _unfinished() -> "QuerySet[Alert]":
    return Alert.objects.filter(delivered_at=None, given_up_at=None)


def _due(now: datetime) -> "QuerySet[Alert]":
    """A target that just failed is left alone for a moment, however many alerts wait for it."""
    rested = (
        Q(target__last_error_at=None)
        | Q(target__last_error_at__lte=now - FIRST)
        | Q(target__last_ok_at__gte=F("target__last_error_at"))
    )
    return _unfinished().filter(rested, target__enabled=True, next_try_at__lte=now)


def _claimed(alert_id: UUID, now: datetime) -> bool:
    """Judged by its own row alone, which a database looks at again once another has let go of it."""
    mine = _unfinished().filter(id=alert_id, next_try_at__lte=now)
    return bool(mine.update(next_try_at=now + CLAIM, tries=F("tries") + 1))


def _mail(address: str, subject: str, body: str) -> None:
    if not has_mail_server():
        raise NotDelivered(failures.NO_MAIL)
    try:
        send_mail(" ".join(subject.split()), body, None, [address])
    except (SMTPException, OSError) as error:
        raise NotDelivered(failures.MAIL_REFUSED) from error


def _arrived(alert: Alert) -> None:
    now = timezone.now()
    Alert.objects.filter(id=alert.id).update(delivered_at=now, next_try_at=None, last_error="")
    AlertTarget.objects.filter(id=alert.target_id).update(last_ok_at=now, last_error="")


def _failed(alert: Alert, reason: str) -> None:
    now = timezone.now()
    over = now - alert.made_at >= WHOLE
    _unfinished().filter(id=alert.id).update(  # it was given up where the target was turned off meanwhile
        last_error=reason,
        next_try_at=None if over else now + pause_after(alert.tries),
        given_up_at=now if over else None,
    )
    AlertTarget.objects.filter(id=alert.target_id).update(last_error=reason, last_error_at=now)
