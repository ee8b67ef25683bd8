"""What an alert says. In: a sighting, or none for a test. Out: a webhook's JSON, and a mail's subject and text.

Never what the guest printed: reading the log is a right of its own, which whoever gets the message may not have.
"""

from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.management.commands.first_admin_link import own_address
from portal.fleet.models import Sighting, SightingKind, VirtualMachine

TEST = "test"


def as_json(alert_id: str, seen: Sighting | None) -> dict[str, object]:
    if seen is None:
        return {"id": alert_id, "kind": TEST, "at": _time(timezone.now())}
    return {
        "id": alert_id,
        "kind": seen.kind,
        "at": _time(seen.at),
        "vm": {"id": seen.vm.scope, "name": seen.vm.name, "powerState": seen.vm.power_state},
        "port": seen.port_number,
        "offset": seen.offset,
        "url": link(seen.vm),
    }


def as_mail(seen: Sighting | None) -> tuple[str, str]:
    if seen is None:
        return _("Homeport: a test"), _("This is what an alert of Homeport looks like. Nothing is wrong.\n")
    words = {
        "vm": seen.vm.name,
        "what": SightingKind(seen.kind).label,
        "at": seen.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        "scope": seen.vm.scope,
        "link": link(seen.vm),
    }
    body = _("%(what)s on %(vm)s, seen at %(at)s.\n\n%(scope)s\n\nIts console and log:\n%(link)s\n")
    return _("%(vm)s: %(what)s") % words, body % words


def link(vm: VirtualMachine) -> str:
    """At the first of the names that browsers use."""
    base = f"https://{settings.HOSTS[0].lstrip('.')}" if settings.HOSTS else own_address()
    return base + vm.get_absolute_url()


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
