"""What a libvirt machine's URL says. In: libvirt+qemu:///system?domain=web-1. Out: a connection URI for libvirt, and a domain.

Of what libvirt understands, nothing that would run a program of the URL's choosing is let through.
"""

import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from portal.machines.base import BAD_SPEC, Failed

CONNECTION = re.compile(
    r"libvirt\+(qemu|xen|lxc|ch|bhyve|vz)(\+(unix|tcp|tls|ssh|libssh|libssh2))?", re.ASCII
)
CONNECTION_HOST = re.compile(r"(\w[\w.-]*@)?(\w[\w.-]*|\[[0-9a-fA-F:.]+\])?(:[0-9]{1,5})?", re.ASCII)
PARAMETERS = {
    "domain": re.compile(r"[^\x00-\x1f/]{1,255}"),
    **dict.fromkeys(("socket", "keyfile", "known_hosts", "pkipath"), re.compile(r"/.{1,255}")),
    "known_hosts_verify": re.compile(r"normal|auto|ignore"),
    "mode": re.compile(r"auto|direct|legacy"),
    "no_verify": re.compile(r"[01]"),
}


@dataclass(frozen=True)
class Address:
    uri: str
    domain: str  # its name or its UUID


def read(url: str) -> Address:
    parts = urlsplit(url)
    if not (CONNECTION.fullmatch(parts.scheme) and CONNECTION_HOST.fullmatch(parts.netloc)):
        _refuse(url, "is no libvirt connection, as in libvirt+qemu:///system?domain=web-1")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    for name, value in given.items():
        if name not in PARAMETERS or not PARAMETERS[name].fullmatch(value):
            _refuse(url, f"has a parameter that is not known there, or a value it cannot have: {name}")
    if "domain" not in given:
        _refuse(url, "names no domain, as in ?domain=web-1")
    domain = given.pop("domain")
    return Address(_uri(parts, given), domain)


def _uri(parts: SplitResult, given: dict[str, str]) -> str:
    if parts.scheme.endswith("+ssh"):
        given["no_tty"] = "1"  # nobody is there to be asked for a password
    query = urlencode(given, quote_via=quote, safe="/")
    return (
        f"{parts.scheme.removeprefix('libvirt+')}://{parts.netloc}{parts.path}{'?' if query else ''}{query}"
    )


def _refuse(url: str, sentence: str) -> NoReturn:
    raise Failed(BAD_SPEC, f"{url} {sentence}.")
