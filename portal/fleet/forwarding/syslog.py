"""Syslog over TLS (RFC 5425). In: an address, its authority, messages. Out: nothing once the receiver has read them all, or NotDelivered.

Syslog knows no answer, so the end of the connection is one: ours says that nothing follows, and whoever has read up to there says so too.
"""

import contextlib
import socket
import ssl
import struct
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from portal.fleet.deadlines import Deadline
from portal.fleet.reaching import first_to_answer
from portal.fleet.targets import failures
from portal.fleet.targets.failures import NotDelivered
from portal.fleet.targets.webhooks import may_reach

PORT = 6514
SECONDS, WHOLE_SECONDS = 5.0, 10.0  # of each step, and of all of them
# whoever hangs up in the middle takes back what is still under way: it must not arrive behind what is sent later
TAKE_BACK, DELIVER = struct.pack("ii", 1, 0), struct.pack("ii", 0, 0)


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
    """The system's authorities, or only those of the tenant's own choice. Raises ssl.SSLError for what holds no certificate.

    What stands beside certificates is in any language: `openssl x509 -text` prints the names of people there.
    """
    pem = authority.encode("ascii", "replace").decode()
    context = ssl.create_default_context(cadata=pem or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def send(address: str, authority: str, messages: Sequence[bytes]) -> None:
    with Deadline(WHOLE_SECONDS) as whole:
        try:
            _send(address, authority, messages, whole)
        except NotDelivered as failed:
            raise NotDelivered(failures.SILENT if whole.is_over else failed.code) from failed


def _send(address: str, authority: str, messages: Sequence[bytes], whole: Deadline) -> None:
    with _connected(address, authority, whole) as connection:
        try:
            connection.sendall(b"".join(b"%d %s" % (len(one), one) for one in messages))
            plain = connection.unwrap()
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DELIVER)
            plain.close()
        except TimeoutError as error:
            raise NotDelivered(failures.SILENT) from error
        except OSError as error:  # a reset, a refused certificate of ours, an end without a word
            raise NotDelivered(failures.CUT) from error


@contextlib.contextmanager
def _connected(address: str, authority: str, whole: Deadline) -> Iterator[ssl.SSLSocket]:
    try:
        host, port = place(address)
        context = trusting(authority)
    except ssl.SSLError as error:
        raise NotDelivered(failures.AUTHORITY) from error
    except ValueError as error:
        raise NotDelivered(failures.NO_ADDRESS) from error
    with _reached(host, port) as plain:
        whole.watch(plain)
        with _greeted(context, plain, host) as connection:
            yield connection


def _reached(host: str, port: int) -> socket.socket:
    """At the very addresses that were judged: a name may lead elsewhere a moment later."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(sockaddr[0]) for *_rest, sockaddr in found]
        if not all(map(may_reach, addresses)):
            raise NotDelivered(failures.ELSEWHERE)
        connection = first_to_answer(addresses, SECONDS, lambda one, has: _at(one, port, has))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, TAKE_BACK)
        return connection
    except TimeoutError as error:
        raise NotDelivered(failures.SILENT) from error
    except (OSError, UnicodeError) as error:
        raise NotDelivered(failures.UNREACHABLE) from error


def _at(address: str, port: int, seconds: float) -> socket.socket:
    connection = socket.create_connection((address, port), timeout=seconds)
    connection.settimeout(SECONDS)
    return connection


def _greeted(context: ssl.SSLContext, plain: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        return context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(failures.CERTIFICATE) from error
    except ssl.SSLError as error:
        raise NotDelivered(failures.NO_TLS) from error
    except TimeoutError as error:
        raise NotDelivered(failures.SILENT) from error
    except OSError as error:
        raise NotDelivered(failures.UNREACHABLE) from error
