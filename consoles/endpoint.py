"""A serial endpoint as people may see it. In: its URL. Out: what kind it is and where it leads, without a password in it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Promise] = {
    "": _("serial device of the host"),
    "unix": _("socket on the host"),
    "pty": _("pseudo-terminal on the host"),
    "tcp": _("TCP port"),
    "telnet": _("Telnet port"),
    "rfc2217": _("terminal server (RFC 2217)"),
    "loop": _("loopback, which echoes what is typed"),
    "scripted": _("demonstration script"),
}


@dataclass(frozen=True)
class Endpoint:
    kind: str | Promise
    target: str


def shown(url: str) -> Endpoint:
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return Endpoint(KINDS.get(parts.scheme, parts.scheme), f"{address}{parts.path}")
