"""Why an alert did not arrive. Kept as a code, which pages turn into a sentence in their reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

NO_ADDRESS, REFUSED_ADDRESS, CERTIFICATE, SILENT, UNREACHABLE, SECRET, NO_MAIL, MAIL_REFUSED, STATUS = (
    "no_address",
    "refused_address",
    "certificate",
    "silent",
    "unreachable",
    "secret",
    "no_mail_server",
    "mail_refused",
    "status",
)

WORDS: dict[str, Promise] = {
    NO_ADDRESS: _later("A webhook's address starts with https://."),
    REFUSED_ADDRESS: _later("Its name leads to an address that webhooks may not reach from here."),
    CERTIFICATE: _later("Its TLS certificate could not be verified."),
    SILENT: _later("It did not answer in time."),
    UNREACHABLE: _later("It cannot be reached from here. Check the name, the port and the way out."),
    SECRET: _later("Its secret cannot be read any more. Make a new one."),
    NO_MAIL: _later("This portal has no mail server."),
    MAIL_REFUSED: _later("The mail server did not take it."),
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
