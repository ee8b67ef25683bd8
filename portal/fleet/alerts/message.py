"""What an alert says. In: an alert, or none for a test. Out: a webhook's JSON, and a mail's subject and text.

Never what the guest printed: reading the log is a right of its own, which whoever gets the message may not have.
"""

from django.utils import timezone
from django.utils.translation import gettext as _

from portal.fleet.alerts import record_message
from portal.fleet.alerts.form import link, machine, readable, stamp
from portal.fleet.models import Alert, Sighting, SightingKind

TEST = "test"


def as_json(alert_id: str, alert: Alert | None) -> dict[str, object]:
    if alert and alert.trouble:
        return {"id": alert_id, **record_message.as_json(alert.trouble, is_over=alert.is_over)}
    if alert and alert.sighting:
        return {"id": alert_id, **_of_machine(alert.sighting)}
    return {"id": alert_id, "kind": TEST, "at": stamp(timezone.now())}


def as_mail(alert: Alert | None) -> tuple[str, str]:
    if alert and alert.trouble:
        return record_message.as_mail(alert.trouble, is_over=alert.is_over)
    if alert and alert.sighting:
        return _mail_of_machine(alert.sighting)
    return _("Homeport: a test"), _("This is what an alert of Homeport looks like. Nothing is wrong.\n")


def _of_machine(seen: Sighting) -> dict[str, object]:
    return {
        "kind": seen.kind,
        "at": stamp(seen.at),
        "vm": machine(seen.vm),
        "port": seen.port_number,
        "offset": seen.offset,
        "url": link(seen.vm.get_absolute_url()),
    }


def _mail_of_machine(seen: Sighting) -> tuple[str, str]:
    words = {
        "vm": seen.vm.name,
        "what": SightingKind(seen.kind).label,
        "at": readable(seen.at),
        "scope": seen.vm.scope,
        "link": link(seen.vm.get_absolute_url()),
    }
    body = _("%(what)s on %(vm)s, seen at %(at)s.\n\n%(scope)s\n\nIts console and log:\n%(link)s\n")
    return _("%(vm)s: %(what)s") % words, body % words
