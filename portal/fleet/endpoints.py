"""What a serial or machine endpoint's URL may look like. In: text. Out: nothing, or a ValidationError that says what is wrong."""

from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

NEEDS_HOST = {"tcp", "telnet", "rfc2217"}
NEEDS_PATH = {"unix", "pty"}
FREE = {"loop", "scripted"}
SERIAL = sorted(NEEDS_HOST | NEEDS_PATH | FREE)
MACHINE = ["libvirt", "none", "qemu", "scripted"]


def check_serial_url(url: str) -> None:
    if url.startswith("/dev/"):
        return
    parts = _split(url, "serial_url")
    if parts.scheme not in SERIAL:
        _refuse(
            "serial_url",
            _("%(url)s is no serial endpoint. It starts with /dev/ or one of: %(known)s.")
            % {"url": url, "known": ", ".join(f"{scheme}://" for scheme in SERIAL)},
        )
    if parts.scheme in NEEDS_HOST:
        _check_host_and_port(url, parts)
    if parts.scheme in NEEDS_PATH and not parts.path.strip("/"):
        _refuse("serial_url", _("%(url)s needs an absolute path, as in unix:///run/vm.sock.") % {"url": url})


def check_machine_url(url: str) -> None:
    parts = _split(url, "machine_url")
    if parts.scheme.split("+")[0] not in MACHINE:
        _refuse(
            "machine_url",
            _("%(url)s is no machine endpoint. It starts with one of: %(known)s.")
            % {"url": url, "known": ", ".join(f"{scheme}://" for scheme in MACHINE)},
        )


def _split(url: str, field: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        _refuse(field, _("%(url)s is not a URL.") % {"url": url})


def _check_host_and_port(url: str, parts: SplitResult) -> None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        _refuse("serial_url", _("The port of %(url)s must be a number from 1 to 65535.") % {"url": url})
    if not (parts.hostname and port):
        _refuse(
            "serial_url", _("%(url)s needs a host and a port, as in tcp://127.0.0.1:4000.") % {"url": url}
        )


def _refuse(field: str, message: str) -> NoReturn:
    raise ValidationError({field: message})
