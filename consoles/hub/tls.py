"""Who may talk to a hub on another host. In: files of one authority's certificates. Out: contexts in which both sides show theirs.

A certificate is for both sides, so it names `serverAuth` and `clientAuth`; the hub's also names the host that webs connect to.
"""

import ssl

from consoles.hub.spec import Listening


def server_context(listening: Listening) -> ssl.SSLContext:
    context = _context(ssl.PROTOCOL_TLS_SERVER, listening)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(listening: Listening) -> ssl.SSLContext:
    """This protocol checks the host's name and asks for a certificate by itself."""
    return _context(ssl.PROTOCOL_TLS_CLIENT, listening)


def _context(protocol: int, listening: Listening) -> ssl.SSLContext:
    """Raises OSError (ssl.SSLError is one) where a file is missing or none of its kind."""
    if not (listening.authority and listening.certificate and listening.key):
        raise FileNotFoundError("a hub's TLS needs an authority, a certificate and a key")
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cafile=listening.authority)
    context.load_cert_chain(listening.certificate, listening.key)
    return context
