"""The rows from which moments are told: who came and went, what was done, what was seen. In: a port, between when and when. Out: moments without a place.

One query for each kind, the newest first, bounded.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import actions
from accounts.audit_selectors import entries_of
from accounts.models import AuditEntry
from consoles.models import ConsoleSession
from consoles.services import WATCH
from portal.fleet.models import HealthEvent, Operation, OperationKind, SerialPort, Sighting
from portal.fleet.services.health import OF_POWER

SECOND = 1000
BREAKS = (OperationKind.NMI, OperationKind.SYSRQ, OperationKind.CTRL_ALT_DEL)
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
    entries = entries_of(port.vm.tenant_id).filter(
        between.of("at"),
        Q(place=port.vm.scope.lower()),
        action__in=(actions.TAKE_OVER, actions.LOG_OUT),
    )
    told = list(entries.order_by("-at")[:most])
    here = _sessions(port).filter(id__in=filter(None, map(_session, told)))
    lines = {str(one) for one in here.values_list("id", flat=True)}
    for entry in told:
        if entry.action == actions.LOG_OUT and entry.details.get("port") == port.number:
            yield _logged_out(entry)
        elif _session(entry) in lines:
            yield _came_to_it(entry)


def _session(entry: AuditEntry) -> str:
    return str(entry.details.get("session", ""))


def _came_to_it(entry: AuditEntry) -> Happening:
    names = {"who": entry.principal_name, "from": entry.details.get("name", "")}
    known = _("%(who)s took the keyboard from %(from)s"), _("%(from)s handed the keyboard to %(who)s")
    how = str(entry.details.get("how", ""))
    label = known[how == "handed"] if names["from"] else _("%(who)s came to the keyboard")
    return Happening(
        ms_of(entry.at), Kind.TAKE_OVER, how, label % names, entry.principal_name, _session(entry)
    )


def _logged_out(entry: AuditEntry) -> Happening:
    label = _("The guest's login was ended")
    return Happening(ms_of(entry.at), Kind.LOG_OUT, str(entry.details.get("how", "")), label)


def _operations(port: SerialPort, between: Between, most: int) -> Iterator[Happening]:
    done = Operation.objects.filter(between.of("started_at"), vm=port.vm, started_at__isnull=False)
    for one in done.exclude(kind__in=UNSEEN).order_by("-asked_at")[:most]:
        kind = Kind.BREAK if one.kind in BREAKS else Kind.POWER
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
