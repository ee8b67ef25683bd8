"""What a serial endpoint's URL may look like. In: text. Out: its parts, or Trouble with a sentence that says what is wrong.

`portal/fleet/endpoints.py` says the same to whoever types one in; a test holds the two to the same list.
"""

import re
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from consoles.drivers.base import BAD_URL, Trouble

DEVICE = "/dev/"
LONGEST_SOCKET_PATH = 107
NEEDS_HOST = {"tcp", "telnet", "rfc2217"}
NEEDS_PATH = {"unix", "pty"}
SCHEMES = sorted(NEEDS_HOST | NEEDS_PATH | {"libvirt", "loop", "scripted"})
CONNECTION = re.compile(
    r"libvirt\+(qemu|xen|lxc|ch|bhyve|vz)(\+(unix|tcp|tls|ssh|libssh|libssh2))?", re.ASCII
)
CONNECTION_HOST = re.compile(r"(\w[\w.-]*@)?(\w[\w.-]*|\[[0-9a-fA-F:.]+\])?(:[0-9]{1,5})?", re.ASCII)
SETTINGS = {
    "baud": re.compile(r"[1-9][0-9]{1,6}"),
    "parity": re.compile(r"[NEOMS]"),
    "bits": re.compile(r"[5-8]"),
    "stop": re.compile(r"1|1\.5|2"),
    "flow": re.compile(r"none|rtscts|xonxoff"),
}
PARAMETERS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    DEVICE: SETTINGS,
    # of what libvirt understands, nothing that would run a program
    "libvirt": {
        "domain": re.compile(r"[^\x00-\x1f/]{1,255}"),
        "device": re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}"),
        "force": re.compile(r"[01]"),
        **dict.fromkeys(("socket", "keyfile", "known_hosts", "pkipath"), re.compile(r"/.{1,255}")),
        "known_hosts_verify": re.compile(r"normal|auto|ignore"),
        "mode": re.compile(r"auto|direct|legacy"),
        "no_verify": re.compile(r"[01]"),
    },
    "rfc2217": {**SETTINGS, "ign_set_control": re.compile("1?")},
    "pty": {"arg": re.compile(r".*", re.DOTALL)},
    "unix": {"qmp": re.compile(r"/.{1,106}"), "chardev": re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,63}")},
}
UNWRITABLE = re.compile(r"[\x00-\x20#\x7f\ud800-\udfff]")
UNKNOWN = "is no serial endpoint; it starts with /dev/ or one of: " + ", ".join(
    f"{name}://" for name in SCHEMES
)
PASSWORD = re.compile(r"^([a-z0-9+.-]+://)[^/?#]*@", re.IGNORECASE)


def check(url: str) -> None:
    """Raises Trouble BAD_URL."""
    if UNWRITABLE.search(url):
        _refuse(url, "holds a space, a # or a control character; in a URL these are written as %20 or %23")
    parts, scheme = split(url)
    if scheme != DEVICE and scheme not in SCHEMES:
        _refuse(url, UNKNOWN)
    if scheme == "libvirt":
        _check_libvirt(url, parts)
    elif "@" in parts.netloc:
        _refuse(url, "names a user; a serial endpoint has none")
    if scheme in NEEDS_HOST:
        _check_host(url, parts)
    if scheme in NEEDS_PATH or scheme == DEVICE:
        _check_path(url, scheme, parts)
    if scheme != "scripted":  # its scripts know their own
        _check_parameters(url, scheme, parts)


def split(url: str) -> tuple[SplitResult, str]:
    try:
        parts = urlsplit(url)
    except ValueError:
        _refuse(url, "is not a URL")
    scheme = "libvirt" if parts.scheme.startswith("libvirt+") else parts.scheme
    return parts, DEVICE if url.startswith(DEVICE) else scheme


def parameters(parts: SplitResult) -> list[tuple[str, str]]:
    return parse_qsl(parts.query, keep_blank_values=True)


def path(parts: SplitResult) -> str:
    return unquote(parts.path)


def shown(url: str) -> str:
    """For pages and logs: without what stands before an @, and without what a program is started with."""
    return PASSWORD.sub(r"\1", url.partition("?")[0] if url.startswith("pty:") else url)


def _check_libvirt(url: str, parts: SplitResult) -> None:
    whole = CONNECTION.fullmatch(parts.scheme) and CONNECTION_HOST.fullmatch(parts.netloc)
    if not whole or "domain" not in dict(parameters(parts)):
        _refuse(url, "needs a connection and a domain, as in libvirt+qemu:///system?domain=web-1")


def _check_host(url: str, parts: SplitResult) -> None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        _refuse(url, "has a port, and that must be a number from 1 to 65535")
    if not (parts.hostname and port) or parts.path not in ("", "/"):
        _refuse(url, "needs a host and a port and nothing else, as in tcp://127.0.0.1:4000")


def _check_path(url: str, scheme: str, parts: SplitResult) -> None:
    named = path(parts)
    if parts.netloc or not named.strip("/") or "\0" in named:
        _refuse(url, "needs an absolute path, as in unix:///run/vm.sock")
    if scheme == DEVICE and (".." in named.split("/") or not named.removeprefix(DEVICE).strip("/.")):
        _refuse(url, UNKNOWN)
    if scheme == "unix" and len(named.encode()) > LONGEST_SOCKET_PATH:
        _refuse(url, f"is too long: the path of a socket has at most {LONGEST_SOCKET_PATH} bytes")


def _check_parameters(url: str, scheme: str, parts: SplitResult) -> None:
    known = PARAMETERS.get(scheme, {})
    seen = set()
    for name, value in parameters(parts):
        if name not in known:
            _refuse(url, f"has a parameter that is not known there: {name}")
        if not known[name].fullmatch(value) or "\0" in value:
            _refuse(url, f"has a value that {name} cannot have: {value}")
        if name in seen and name != "arg":
            _refuse(url, f"says {name} twice")
        seen.add(name)


def _refuse(url: str, sentence: str) -> NoReturn:
    raise Trouble(BAD_URL, f"{shown(url)} {sentence}.")
