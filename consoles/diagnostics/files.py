"""A log as a file: plain text, the bytes as they came, or an asciicast. In: a log and a stretch of it. Out: pieces, a few at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from consoles.kept.asciicast import Mark, cast
from consoles.kept.log import Log
from consoles.kept.text import Gap, lines
from consoles.models.archive import LinkForm
from portal.fleet.models import VirtualMachine

PIECE = 64 * 1024
ASKED_EVERY = 4 * 1024 * 1024


@dataclass(frozen=True)
class Kind:
    """`type` is one that no browser shows or runs."""

    ending: str
    type: str


KINDS = {
    LinkForm.PLAIN: Kind("txt", "text/plain; charset=utf-8"),
    LinkForm.RAW: Kind("log", "application/octet-stream"),
    LinkForm.CAST: Kind("cast", "application/x-asciicast"),
}


def pieces(
    log: Log,
    form: str,
    vm: VirtualMachine,
    start: int | None,
    end: int | None,
    marks: Sequence[Mark] = (),
) -> Iterator[bytes]:
    """`marks` are for whoever may know who was there: an asciicast has them between the lines."""
    start, end = start or 0, log.end if end is None else min(end, log.end)
    if form == LinkForm.RAW:
        return _raw(log, start, end)
    plain = form == LinkForm.PLAIN
    texts = _plain(log, start, end) if plain else cast(log, start, end, title=vm.name, marks=marks)
    return _gathered(text.encode() for text in texts)


def headers(vm: VirtualMachine, form: str) -> dict[str, str]:
    kind = KINDS[LinkForm(form)]
    name = f"{vm.name}-{timezone.now():%Y%m%d-%H%M%SZ}.{kind.ending}"
    return {
        "Content-Type": kind.type,
        "Content-Disposition": content_disposition_header(True, name) or "attachment",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
    }


def while_allowed(given: Iterator[bytes], still: Callable[[], bool]) -> Iterator[bytes]:
    """A long download ends with the right to it: broken off, so that nobody takes it for the whole."""
    since = 0
    for piece in given:
        since += len(piece)
        if since > ASKED_EVERY:
            since = 0
            if not still():
                raise ConnectionAbortedError("the right to read ended")
        yield piece


def _raw(log: Log, at: int, end: int) -> Iterator[bytes]:
    while at < end:
        part = log.read(at, end - at)
        if not part.data:
            return
        at = part.offset + len(part.data)
        yield part.data


def _plain(log: Log, start: int, end: int) -> Iterator[str]:
    for one in lines(log, start, end):
        if isinstance(one, Gap):
            yield f"[{_missing(log, one)}]\n"
        else:
            yield one.text + "\n"


def _missing(log: Log, gap: Gap) -> str:
    """Gone, or kept where whoever reads is not admitted."""
    count, account = gap.end - gap.offset, log.shut_between(gap.offset, gap.end)
    if account is None:
        return _("%(count)d bytes are not kept any more") % {"count": count}
    return _(
        "%(count)d bytes are missing here: kept in storage account %(account)s, which does not admit your address"
    ) % {"count": count, "account": account.name}


def _gathered(small: Iterator[bytes]) -> Iterator[bytes]:
    """Pieces worth sending, out of lines."""
    held = bytearray()
    for piece in small:
        held += piece
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
