"""Why entries did not arrive, besides what alerts know of. Kept as a code, which pages turn into a sentence in their reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.fleet.alerts import failures

CUT, NO_TLS, AUTHORITY, GONE, ELSEWHERE = "cut_off", "no_tls", "authority", "entries_gone", "elsewhere"

WORDS: dict[str, Promise] = {
    CUT: _(
        "It ended the connection without saying that it had read everything (TLS close_notify, RFC 5425, 4.4)."
    ),
    NO_TLS: _("No TLS connection came about. Check the port, and whether it asks for a certificate."),
    AUTHORITY: _("The certificates of its authority cannot be read."),
    GONE: _("Entries that it has not had yet were sealed, and cannot be read back just now."),
    ELSEWHERE: _("Its name leads to an address that Homeport may not reach from here."),
}


def in_words(code: str) -> str:
    return str(WORDS[code]) if code in WORDS else failures.in_words(code)
