"""What a serial or machine endpoint's URL may look like. In: text. Out: nothing, or a ValidationError that says what is wrong.

The hub's drivers check serial URLs once more, in `consoles/drivers/urls.py`; a test holds the two to the same list.
"""

import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.machines.libvirt import urls as libvirt

DEVICE = "/dev/"
LONGEST_SOCKET_PATH = 107
NEEDS_HOST = {"tcp", "telnet", "rfc2217"}
NEEDS_PATH = {"unix", "pty"}
SERIAL = sorted(NEEDS_HOST | NEEDS_PATH | {"libvirt", "loop", "scripted"})
MACHINE = ["libvirt", "none", "qemu", "scripted"]
UNWRITABLE = re.compile(r"[\x00-\x20#\x7f\ud800-\udfff]")
SETTINGS = {
    "baud": re.compile(r"[1-9][0-9]{1,6}"),
    "parity": re.compile(r"[NEOMS]"),
    "bits": re.compile(r"[5-8]"),
    "stop": re.compile(r"1|1\.5|2"),
    "flow": re.compile(r"none|rtscts|xonxoff"),
}
PARAMETERS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    DEVICE: SETTINGS,
    "libvirt": {
        **libvirt.PARAMETERS,
        "device": re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}"),
        "force": re.compile(r"[01]"),
    },
    "rfc2217": {**SETTINGS, "ign_set_control": re.compile("1?")},
    "pty": {"arg": re.compile(r".*", re.DOTALL)},
    "unix": {"qmp": re.compile(r"/.{1,106}"), "chardev": re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")},
}


def check_serial_url(url: str) -> None:
    if UNWRITABLE.search(url):
        _refuse_serial(
            _(
                "%(url)s holds a space, a # or a control character; in a URL these are written as %%20 or %%23."
            ),
            url=url,
        )
    parts = _split(url, "serial_url")
    scheme = _scheme(url, parts)
    if scheme != DEVICE and scheme not in SERIAL:
        _refuse_unknown(url)
    if scheme == "libvirt":
        _check_libvirt("serial_url", url, parts)
    elif "@" in parts.netloc:
        _refuse_serial(_("%(url)s names a user; a serial endpoint has none."), url=url)
    if scheme in NEEDS_HOST:
        _check_host_and_port(url, parts)
    if scheme in NEEDS_PATH or scheme == DEVICE:
        _check_path(url, scheme, parts)
    if scheme != "scripted":  # its scripts know their own
        _check_parameters(url, scheme, parts)


def check_machine_url(url: str) -> None:
    parts = _split(url, "machine_url")
    if parts.scheme.split("+")[0] not in MACHINE:
        _refuse(
            "machine_url",
            _("%(url)s is no machine endpoint. It starts with one of: %(known)s.")
            % {"url": url, "known": ", ".join(f"{scheme}://" for scheme in MACHINE)},
        )
    if parts.scheme.startswith("libvirt"):
        _check_libvirt("machine_url", url, parts)


def _split(url: str, field: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        _refuse(field, _("%(url)s is not a URL.") % {"url": url})


def _scheme(url: str, parts: SplitResult) -> str:
    if url.startswith(DEVICE):
        return DEVICE
    return "libvirt" if parts.scheme.startswith("libvirt+") else parts.scheme


def _check_host_and_port(url: str, parts: SplitResult) -> None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        _refuse_serial(_("The port of %(url)s must be a number from 1 to 65535."), url=url)
    if not (parts.hostname and port) or parts.path not in ("", "/"):
        _refuse_serial(
            _("%(url)s needs a host and a port and nothing else, as in tcp://127.0.0.1:4000."), url=url
        )


def _check_libvirt(field: str, url: str, parts: SplitResult) -> None:
    whole = libvirt.CONNECTION.fullmatch(parts.scheme) and libvirt.CONNECTION_HOST.fullmatch(parts.netloc)
    if not whole or "domain" not in dict(parse_qsl(parts.query, keep_blank_values=True)):
        sentence = _("%(url)s needs a connection and a domain, as in libvirt+qemu:///system?domain=web-1.")
        _refuse(field, sentence % {"url": url})


def _check_path(url: str, scheme: str, parts: SplitResult) -> None:
    path = unquote(parts.path)
    if parts.netloc or not path.strip("/") or "\0" in path:
        _refuse_serial(_("%(url)s needs an absolute path, as in unix:///run/vm.sock."), url=url)
    if scheme == DEVICE and (".." in path.split("/") or not path.removeprefix(DEVICE).strip("/.")):
        _refuse_unknown(url)
    if scheme == "unix" and len(path.encode()) > LONGEST_SOCKET_PATH:
        _refuse_serial(
            _("%(url)s is too long: the path of a socket has at most %(most)s bytes."),
            url=url,
            most=str(LONGEST_SOCKET_PATH),
        )


def _check_parameters(url: str, scheme: str, parts: SplitResult) -> None:
    known = PARAMETERS.get(scheme, {})
    seen = set()
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in known:
            _refuse_serial(
                _("%(url)s has a parameter that is not known there: %(name)s."), url=url, name=name
            )
        if not known[name].fullmatch(value) or "\0" in value:
            _refuse_serial(
                _("%(url)s has a value that %(name)s cannot have: %(value)s."),
                url=url,
                name=name,
                value=value,
            )
        if name in seen and name != "arg":
            _refuse_serial(_("%(url)s says %(name)s twice."), url=url, name=name)
        seen.add(name)


def _refuse_unknown(url: str) -> NoReturn:
    _refuse_serial(
        _("%(url)s is no serial endpoint. It starts with /dev/ or one of: %(known)s."),
        url=url,
        known=", ".join(f"{scheme}://" for scheme in SERIAL),
    )


def _refuse_serial(sentence: str, **named: str) -> NoReturn:
    _refuse("serial_url", sentence % named)


def _refuse(field: str, message: str) -> NoReturn:
    raise ValidationError({field: message})
