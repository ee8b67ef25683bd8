"""Who is attached to which console, from when to when: each write in one transaction with its audit entry.

In: an admitted principal and what happened. Out: the session's row. Of what was typed only the count is ever here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import actions, audit, events
from accounts.principals import Principal
from consoles import limits
from consoles.models import ActKind, ConsoleSession, KeyboardAct
from portal.fleet.models import SerialPort, VirtualMachine

WRITE, WATCH = "write", "watch"
SENT, UNANSWERED = "sent", "unanswered"  # of BREAKs; the second of take-overs, too


@dataclass(frozen=True)
class Counts:
    """What has passed through a session so far; `to_offset` is where it would go on, `live_offset` where the log ended when it came."""

    bytes_in: int = 0
    bytes_out: int = 0
    from_offset: int | None = None
    to_offset: int | None = None
    live_offset: int | None = None


@transaction.atomic
def open_session(
    *,
    by: Principal,
    vm: VirtualMachine,
    port: SerialPort,
    mode: str,
    via: str,
    user_agent: str,
    from_offset: int | None,
) -> ConsoleSession:
    """Raises limits.TooMany."""
    limits.check(by, vm)
    assert by.id is not None  # noqa: S101  the system itself attaches to nothing
    session = ConsoleSession.objects.create(
        tenant_id=vm.tenant_id,
        subscription=vm.subscription,
        vm=vm,
        port_number=port.number,
        line_id=port.line_id,
        scope=vm.scope,
        vm_name=vm.name,
        principal_kind=by.kind,
        principal_id=by.id,
        principal_name=by.name[:150],
        address=by.address,
        user_agent=user_agent,
        via=via,
        mode=mode,
        sign_in_id=by.sign_in_id,
        token_id=by.token_id,
    )
    _record(
        by,
        session,
        actions.CONNECT if mode == WRITE else actions.WATCH,
        {"mode": mode, "via": via, "from": from_offset},
    )
    return session


@transaction.atomic
def end_session(
    *,
    by: Principal,
    session: ConsoleSession,
    code: str,
    counts: Counts | None = None,
    action: str = actions.DETACH,
    at: datetime | None = None,
) -> bool:
    """False when it had ended already: whoever comes first says why, and whoever served it how much had passed. `at`: just now, if not said."""
    now = at or timezone.now()
    passed = vars(counts) if counts else {}
    by_hand = {"ended_by_name": by.name[:150]} if action == actions.SESSION_END else {}
    same = ConsoleSession.objects.filter(id=session.id)
    if not same.filter(ended_at=None).update(ended_at=now, end_code=code, **by_hand, **passed):
        if passed:
            same.update(**passed)
        return False
    kept = same.get()
    details: dict[str, object] = {
        "why": code,
        "seconds": round((now - kept.started_at).total_seconds()),
        "bytes_in": kept.bytes_in,
        "bytes_out": kept.bytes_out,
    }
    if by.id != kept.principal_id:
        details |= {"name": kept.principal_name, "person": str(kept.principal_id)}
    _record(by, kept, action, details)
    return True


@transaction.atomic
def end_from_elsewhere(
    *, by: Principal, session: ConsoleSession, code: str, action: str = actions.DETACH
) -> bool:
    """By somebody who does not serve it: whoever does is told, and lets go of it."""
    ended = end_session(by=by, session=session, code=code, action=action)
    if ended:
        events.announce(events.SESSION_ENDED, session.tenant_id, session=str(session.id))
    return ended


def end_by_hand(*, by: Principal, session: ConsoleSession) -> bool:
    """On purpose, while somebody is attached: their page says by whom."""
    return end_from_elsewhere(by=by, session=session, code="ended", action=actions.SESSION_END)


def see_session(*, session: ConsoleSession, mode: str, counts: Counts) -> bool:
    """It lives; False when it was ended elsewhere. Not an act of anybody's, so the audit hears nothing of it."""
    seen = ConsoleSession.objects.filter(id=session.id, ended_at=None)
    return bool(seen.update(seen_at=timezone.now(), mode=mode, **vars(counts)))


@transaction.atomic
def note_takeover(
    *, by: Principal, session: ConsoleSession, at: datetime, how: str, lost_by: dict[str, str] | None
) -> None:
    """`by` came to the keyboard: "taken" from whoever wrote, "handed" by them, or "free"; UNANSWERED where they asked and the hub was lost."""
    ConsoleSession.objects.filter(id=session.id).update(mode=WRITE)
    details: dict[str, object] = {"how": how}
    if lost_by is not None:
        details |= {
            "name": lost_by.get("name", ""),
            "person": lost_by.get("person", ""),
            "lost_session": lost_by.get("viewer", ""),
        }
    lost_by_name = lost_by.get("name", "")[:150] if lost_by else ""
    _acted(session, ActKind.TAKE_OVER, at, how=how, lost_by_name=lost_by_name)
    _record(by, session, actions.TAKE_OVER, details)


@transaction.atomic
def note_breaks(*, by: Principal, session: ConsoleSession, count: int, at: datetime, how: str) -> None:
    """`how`: SENT by the line, or UNANSWERED where nobody was left to say or to hear whether it was."""
    _acted(session, ActKind.BREAK, at, how=how, count=count)
    _record(by, session, actions.BREAK, {"how": how, "count": count})


@transaction.atomic
def note_log_out(*, by: Principal, port: SerialPort, how: str) -> None:
    """The hub did it by itself, after whoever wrote last had left."""
    last = ConsoleSession.objects.filter(vm=port.vm_id, line_id=port.line_id).order_by("-started_at").first()
    if last is not None:
        _acted(last, ActKind.LOG_OUT, timezone.now(), how=how)
    audit.record(
        by=by,
        action=actions.LOG_OUT,
        scope=port.vm.scope,
        tenant_id=port.vm.tenant_id,
        details={"port": port.number, "how": how},
    )


def _acted(session: ConsoleSession, kind: ActKind, at: datetime, **about: Any) -> None:
    KeyboardAct.objects.create(session=session, line_id=session.line_id, kind=kind, at=at, **about)


def _record(by: Principal, session: ConsoleSession, action: str, details: dict[str, object]) -> None:
    audit.record(
        by=by,
        action=action,
        scope=session.scope,
        tenant_id=session.tenant_id,
        details={"session": str(session.id), **details},
    )
