"""How what an alert says is written, whatever it is of. In: a time, a page's path, a machine. Out: the words of JSON and of mails."""

from datetime import datetime

from django.conf import settings

from portal.config.own_address import own_address
from portal.fleet.models import VirtualMachine


def link(path: str) -> str:
    """At the first of the names that browsers use."""
    base = f"https://{settings.HOSTS[0].lstrip('.')}" if settings.HOSTS else own_address()
    return base + path


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def readable(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S UTC")


def machine(vm: VirtualMachine) -> dict[str, str]:
    return {"id": vm.scope, "name": vm.name, "powerState": vm.power_state}
