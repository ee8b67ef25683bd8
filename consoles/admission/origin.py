"""Whether a page of this portal opened the socket. In: the handshake's Origin and Host. Out: yes or no; in doubt no.

Browsers send cookies along with sockets that any site's script opens, and tell the truth about whose script it was.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from consoles.admission.handshake import Asked


def allowed(asked: Asked) -> bool:
    """Programs have no origin; they must then bring a proof that no browser adds by itself."""
    if not asked.origins:
        return bool(asked.ticket or asked.bearer)
    return len(asked.origins) == 1 and _is_ours(asked.origins[0], asked.host)


def _is_ours(origin: str, host: str) -> bool:
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    domain, _port = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    parts = urlsplit(origin)
    schemes = {"https"} if settings.TLS else {"https", "http"}
    return parts.scheme in schemes and origin.lower() == f"{parts.scheme}://{host.lower()}"
