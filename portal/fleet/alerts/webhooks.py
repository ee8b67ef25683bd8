"""Posts JSON to an address that a tenant chose. In: the address, its secret, a body. Out: nothing, or NotDelivered.

`Homeport-Signature: t=<seconds>,v1=<hex>` is an HMAC-SHA256 with that secret over `<seconds>.<body>`.
"""

import hashlib
import hmac
import ipaddress
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NameResolutionError

from accounts import outbound
from accounts.providers import is_safe_address
from portal.fleet.alerts import failures
from portal.fleet.alerts.failures import NotDelivered

SECONDS = 5.0


class Elsewhere(Exception):
    """The name leads to an address where no webhook may go."""


TRANSLATED = [ipaddress.ip_network(name) for name in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")]
FAILURES: dict[type[requests.RequestException], str] = {
    requests.exceptions.SSLError: failures.CERTIFICATE,
    requests.exceptions.Timeout: failures.SILENT,
}


def post(address: str, secret: str, body: dict[str, object]) -> None:
    if not is_safe_address(address):
        raise NotDelivered(failures.NO_ADDRESS)
    data = json.dumps(body, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Homeport",
        "Homeport-Signature": signature(secret, data, int(time.time())),
    }
    try:
        with _session() as session:
            answer = outbound.fetch(
                address, method="POST", whole_seconds=SECONDS, session=session, data=data, headers=headers
            )
    except Elsewhere as error:
        raise NotDelivered(failures.REFUSED_ADDRESS) from error
    except requests.RequestException as error:
        raise NotDelivered(_code_of(error)) from error
    if not 200 <= answer.status_code < 300:
        raise NotDelivered(failures.of_status(answer.status_code))


def _code_of(error: requests.RequestException) -> str:
    for kind, code in FAILURES.items():
        if isinstance(error, kind):
            return code
    return failures.UNREACHABLE


def signature(secret: str, body: bytes, seconds: int) -> str:
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"


def may_reach(address: str) -> bool:
    """The internet, and the networks that the operator has named; this very machine while it is not run in production."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = _within(ip) or ip
    if any(ip in network for network in settings.ALERT_NETWORKS):
        return True
    if ip.is_loopback:
        return not settings.PRODUCTION
    return ip.is_global and not ip.is_multicast and not getattr(ip, "is_site_local", False)


def _within(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The address of the old internet that a new one stands for: mapped, by 6to4, or by a translator (NAT64)."""
    if isinstance(ip, ipaddress.IPv4Address):
        return None
    if any(ip in network for network in TRANSLATED):
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


def leads_elsewhere(address: str) -> bool:
    """Whether it is written down in the address itself; where a name leads is known when it is used."""
    try:
        return not may_reach(urlsplit(address).hostname or "")
    except ValueError:
        return False


def _session() -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session


class _Checked(HTTPConnection):
    """Judges the very address that is connected to: a name may lead elsewhere a moment later."""

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        addresses = [str(sockaddr[0]) for *_rest, sockaddr in found]
        if not all(map(may_reach, addresses)):
            raise Elsewhere
        name, self._dns_host = self._dns_host, addresses[0]
        try:
            return super()._new_conn()
        finally:
            self._dns_host = name


class _CheckedTls(_Checked, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTls


class _Adapter(HTTPAdapter):
    """Where the operator has set a proxy for the way out, the proxy decides instead."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
