"""Where requests of the portal may go when a tenant chose the address. In: a name, networks the operator named. Out: connections to nowhere else."""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError

from portal.fleet.deadlines import Deadline

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
WHOLE_SECONDS = (
    10.0  # for a handshake, and for the head of an answer: who sends them letter by letter is hung up on
)
SHARE = 1.0  # a handshake across the world, and one packet lost
TRANSLATED = [ipaddress.ip_network(name) for name in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96")]


class Elsewhere(Exception):
    """The name leads to an address where nothing of this kind may go."""


def reachable(address: str, networks: Iterable[Network]) -> bool:
    """The internet, and the networks that the operator has named; this very machine while it is not run in production."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = _within(ip) or ip
    if any(ip in network for network in networks):
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


def leads_elsewhere(url: str, may_reach: Callable[[str], bool]) -> bool:
    """Whether it is written down in the address itself; where a name leads is known when it is used."""
    try:
        return not may_reach(urlsplit(url).hostname or "")
    except ValueError:
        return False


def first_to_answer(
    addresses: Sequence[str], seconds: float, connect: Callable[[str, float], socket.socket]
) -> socket.socket:
    """One after the other within the whole time: those that say nothing leave some of it to the others. Raises what the last one raised."""
    until, left = time.monotonic() + seconds, seconds
    for others, address in zip(reversed(range(len(addresses))), addresses, strict=True):
        try:
            return connect(address, min(left, max(left / (others + 1), SHARE)))
        except (OSError, HTTPError):
            left = until - time.monotonic()
            if not others or left <= 0:
                raise
    raise OSError("the name has no address")


class _Checked(HTTPConnection):
    """Judges the very addresses that are connected to: a name may lead elsewhere a moment later."""

    may_reach: ClassVar["staticmethod[[str], bool]"]
    whole: ClassVar[Deadline | None]
    _wire: socket.socket | None = None
    _step: Deadline | None = None

    def _new_conn(self) -> socket.socket:
        try:
            found = socket.getaddrinfo(self._dns_host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NameResolutionError(self.host, self, socket.gaierror(str(error))) from error
        addresses = [str(sockaddr[0]) for *_rest, sockaddr in found]
        if not all(map(self.may_reach, addresses)):
            raise Elsewhere
        new = first_to_answer(addresses, self._seconds(), self._at)
        new.settimeout(self.timeout)
        self._wire = new.dup()  # TLS takes the other one over
        for deadline in filter(None, (self.whole, self._step)):
            deadline.watch(new)
        return new

    def _seconds(self) -> float:
        seconds = self.timeout or WHOLE_SECONDS
        return min(seconds, self.whole.left) if self.whole else seconds

    def _at(self, address: str, seconds: float) -> socket.socket:
        name, timeout = self._dns_host, self.timeout
        self._dns_host, self.timeout = address, seconds
        try:
            return super()._new_conn()
        finally:
            self._dns_host, self.timeout = name, timeout

    def connect(self) -> None:
        with self._in_time():
            super().connect()

    def getresponse(self) -> Any:
        with self._in_time():
            return super().getresponse()

    def close(self) -> None:
        super().close()
        if self._wire is not None:
            self._wire.close()
            self._wire = None

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        with Deadline(WHOLE_SECONDS) as self._step:
            if self._wire is not None:
                self._step.watch(self._wire)
            yield
        if self._step.is_over:
            raise TimeoutError


class _CheckedTls(_Checked, HTTPSConnection):
    pass


def pools(
    may_reach: Callable[[str], bool], whole: Deadline | None = None
) -> dict[str, type[HTTPConnectionPool]]:
    """By scheme, for a pool manager of urllib3's; connections of theirs go where `may_reach` lets them, all of them within one deadline if there is one."""
    judge = {"may_reach": staticmethod(may_reach), "whole": whole}
    plain = {"ConnectionCls": type("Checked", (_Checked,), judge)}
    tls = {"ConnectionCls": type("CheckedTls", (_CheckedTls,), judge)}
    return {
        "http": type("CheckedPool", (HTTPConnectionPool,), plain),
        "https": type("CheckedTlsPool", (HTTPSConnectionPool,), tls),
    }
