"""Why something did not reach its target, and when it is tried again. Kept as a code, which pages turn into a sentence in their reader's language."""

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)

NO_ADDRESS, REFUSED_ADDRESS, UNREACHABLE, SILENT = "no_address", "refused_address", "unreachable", "silent"
CERTIFICATE, SECRET, STATUS = "certificate", "secret", "status"
NO_MAIL, MAIL_REFUSED = "no_mail_server", "mail_refused"
CUT, NO_TLS, AUTHORITY, GONE, ELSEWHERE = "cut_off", "no_tls", "authority", "entries_gone", "elsewhere"

WORDS: dict[str, Promise] = {
    NO_ADDRESS: _later("A webhook's address starts with https://."),
    REFUSED_ADDRESS: _later("Its name leads to an address that webhooks may not reach from here."),
    CERTIFICATE: _later("Its TLS certificate could not be verified."),
    SILENT: _later("It did not answer in time."),
    UNREACHABLE: _later("It cannot be reached from here. Check the name, the port and the way out."),
    SECRET: _later("Its secret cannot be read any more. Make a new one."),
    NO_MAIL: _later("This portal has no mail server."),
    MAIL_REFUSED: _later("The mail server did not take it."),
    CUT: _later(
        "It ended the connection without saying that it had read everything (TLS close_notify, RFC 5425, 4.4)."
    ),
    NO_TLS: _later("No TLS connection came about. Check the port, and whether it asks for a certificate."),
    AUTHORITY: _later("The certificates of its authority cannot be read."),
    GONE: _later("Entries that it has not had yet were sealed, and cannot be read back just now."),
    ELSEWHERE: _later("Its name leads to an address that Homeport may not reach from here."),
}


class NotDelivered(Exception):
    """`code` is one of the above; a status carries its number."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def of_status(status: int) -> str:
    return f"{STATUS} {status}"


def in_words(code: str) -> str:
    kind, _space, number = code.partition(" ")
    if kind == STATUS:
        return _("It answered with status %(status)s.") % {"status": number}
    return str(WORDS.get(kind, code))


def pause_after(tries: int) -> timedelta:
    return min(FIRST * 2 ** min(tries - 1, 10), LONGEST)
