"""Syslog over TLS (RFC 5425). In: an address, its authority, messages. Out: nothing once the receiver has read them all, or NotDelivered.

Syslog knows no answer, so the end of the connection is one: ours says that nothing follows, and whoever has read up to there says so too.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from portal.fleet.alerts import failures
from portal.fleet.alerts.failures import NotDelivered
from portal.fleet.alerts.webhooks import may_reach
from portal.fleet.forwarding.failures import AUTHORITY, CUT, ELSEWHERE, NO_TLS

PORT = 6514
SECONDS = 5.0


def place(address: str) -> tuple[str, int]:
    """Host and port; raises ValueError for what is no address."""
    parts = urlsplit(f"//{address}")
    host, port = parts.hostname, parts.port or PORT
    if not host or parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError(address)
    if any(sign.isspace() for sign in address):
        raise ValueError(address)
    return host, port


def trusting(authority: str) -> ssl.SSLContext:
    """The system's authorities, or only those of the tenant's own choice. Raises ssl.SSLError for what holds no certificate."""
    context = ssl.create_default_context(cadata=authority or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def send(address: str, authority: str, messages: Sequence[bytes]) -> None:
    with _connected(address, authority) as connection:
        try:
            connection.sendall(b"".join(b"%d %s" % (len(one), one) for one in messages))
            connection.unwrap().close()
        except TimeoutError as error:
            raise NotDelivered(failures.SILENT) from error
        except OSError as error:  # a reset, a refused certificate of ours, an end without a word
            raise NotDelivered(CUT) from error


@contextlib.contextmanager
def _connected(address: str, authority: str) -> Iterator[ssl.SSLSocket]:
    try:
        host, port = place(address)
        context = trusting(authority)
    except ssl.SSLError as error:
        raise NotDelivered(AUTHORITY) from error
    except ValueError as error:
        raise NotDelivered(failures.NO_ADDRESS) from error
    with _reached(host, port) as plain, _greeted(context, plain, host) as connection:
        yield connection


def _reached(host: str, port: int) -> socket.socket:
    """At the very address that was judged: a name may lead elsewhere a moment later."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(sockaddr[0]) for *_rest, sockaddr in found]
        if not all(map(may_reach, addresses)):
            raise NotDelivered(ELSEWHERE)
        return socket.create_connection((addresses[0], port), timeout=SECONDS)
    except TimeoutError as error:
        raise NotDelivered(failures.SILENT) from error
    except (OSError, UnicodeError) as error:
        raise NotDelivered(failures.UNREACHABLE) from error


def _greeted(context: ssl.SSLContext, plain: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(failures.CERTIFICATE) from error
    except ssl.SSLError as error:
        raise NotDelivered(NO_TLS) from error
    except TimeoutError as error:
        raise NotDelivered(failures.SILENT) from error
    except OSError as error:
        raise NotDelivered(failures.UNREACHABLE) from error
