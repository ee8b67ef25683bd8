"""The rows from which moments are told: who came and went, what was done, what was seen. In: a port, between when and when. Out: moments without a place.

One query for each kind, the newest first, bounded.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from consoles.models import ActKind, ConsoleSession, KeyboardAct
from consoles.services import UNANSWERED, WATCH
from portal.fleet.models import HealthEvent, Operation, OperationKind, SerialPort, Sighting
from portal.fleet.services.health import OF_POWER

SECOND = 1000
UNSEEN = (OperationKind.SCREENSHOT, OperationKind.FACTS)
OBSERVED = [summary for _state, summary in OF_POWER.values()]


class Kind(Enum):
    ATTACH = "attach"
    DETACH = "detach"
    TAKE_OVER = "takeover"
    LOG_OUT = "logout"
    POWER = "power"
    BREAK = "break"
    SIGHTING = "sighting"
    HEALTH = "health"


KINDS: dict[str, Kind] = {
    OperationKind.NMI: Kind.BREAK,
    OperationKind.SYSRQ: Kind.BREAK,
    OperationKind.CTRL_ALT_DEL: Kind.BREAK,
    OperationKind.HANG_UP: Kind.LOG_OUT,
}


class Happening(NamedTuple):
    ms: int
    kind: Kind
    what: str
    label: str
    who: str = ""
    session: str = ""
    offset: int | None = None


class Between(NamedTuple):
    """Two offsets, and the times at which they were printed; None is for ever."""

    begin: int
    end: int | None
    since: datetime | None
    until: datetime | None

    def of(self, column: str) -> Q:
        after = Q(**{f"{column}__gte": self.since}) if self.since else Q()
        return after & Q(**{f"{column}__lte": self.until}) if self.until else after


def happenings(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    yield from _comings(port, between, most)
    yield from _goings(port, between, most)
    yield from _at_the_keyboard(port, between, most)
    yield from _operations(port, between, most)
    yield from _sightings(port, between, most)
    yield from _health(port, between, most)


def ms_of(at: datetime) -> int:
    return int(at.timestamp() * SECOND)


def datetime_of(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / SECOND, UTC)


def _sessions(port: SerialPort) -> "QuerySet[ConsoleSession]":
    return ConsoleSession.objects.filter(vm=port.vm, line_id=port.line_id)


def _comings(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    came = _sessions(port).filter(between.of("started_at")).order_by("-started_at")
    for one in came.only("id", "started_at", "mode", "principal_name")[:most]:
        label = _("%(who)s attached as a watcher") if one.mode == WATCH else _("%(who)s attached")
        label %= {"who": one.principal_name}
        yield Happening(ms_of(one.started_at), Kind.ATTACH, one.mode, label, one.principal_name, str(one.id))


def _goings(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    went = _sessions(port).filter(between.of("ended_at"), ended_at__isnull=False).order_by("-ended_at")
    for one in went.only("id", "ended_at", "end_code", "principal_name")[:most]:
        label = _("%(who)s left") % {"who": one.principal_name}
        assert one.ended_at is not None  # noqa: S101  asked for
        yield Happening(
            ms_of(one.ended_at), Kind.DETACH, one.end_code, label, one.principal_name, str(one.id)
        )


def _at_the_keyboard(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    done = KeyboardAct.objects.filter(between.of("at"), line_id=port.line_id, session__vm=port.vm)
    for one in done.select_related("session").order_by("-at")[:most]:
        if one.kind == ActKind.LOG_OUT:
            yield Happening(ms_of(one.at), Kind.LOG_OUT, one.how, _("The guest's login was ended"))
        else:
            who, session = one.session.principal_name, str(one.session_id)
            yield Happening(ms_of(one.at), Kind(one.kind), one.how, _in_words(one, who), who, session)


def _in_words(act: KeyboardAct, who: str) -> str:
    if act.kind == ActKind.BREAK:
        return _breaks(act) % {"who": who, "count": act.count}
    if act.how == UNANSWERED:
        return _("%(who)s asked for the keyboard: whether they came to it is not known") % {"who": who}
    known = _("%(who)s took the keyboard from %(from)s"), _("%(from)s handed the keyboard to %(who)s")
    label = known[act.how == "handed"] if act.lost_by_name else _("%(who)s came to the keyboard")
    return label % {"who": who, "from": act.lost_by_name}


def _breaks(act: KeyboardAct) -> str:
    if act.how == UNANSWERED:
        return _("%(who)s sent a BREAK and left: whether the line took it is not known")
    return ngettext("%(who)s sent a BREAK", "%(who)s sent %(count)d BREAKs", act.count)


def _operations(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    done = Operation.objects.filter(between.of("started_at"), vm=port.vm, started_at__isnull=False)
    for one in done.exclude(kind__in=UNSEEN).order_by("-asked_at")[:most]:
        kind = KINDS.get(one.kind, Kind.POWER)
        names = {"what": one.get_kind_display(), "who": one.asked_by_name}
        label = pgettext("an operation, and who asked for it", "%(what)s, asked for by %(who)s") % names
        assert one.started_at is not None  # noqa: S101  asked for
        yield Happening(ms_of(one.started_at), kind, one.kind, label, one.asked_by_name)


def _sightings(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    """What was seen in the log is noticed a moment after it was printed: its place tells, not its time."""
    there = Q(line_id=port.line_id, offset__gte=between.begin)
    there = there if between.end is None else there & Q(offset__lt=between.end)
    seen = Sighting.objects.filter(there | (Q(offset=None) & between.of("at")), vm=port.vm)
    for one in seen.order_by("-at")[:most]:
        yield Happening(ms_of(one.at), Kind.SIGHTING, one.kind, one.get_kind_display(), offset=one.offset)


def _health(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    """Trouble of the guest is a sighting already."""
    known = HealthEvent.objects.filter(between.of("at"), vm=port.vm, summary__in=OBSERVED)
    for one in known.order_by("-at")[:most]:
        yield Happening(ms_of(one.at), Kind.HEALTH, one.state, _(one.summary))
