"""Who is on a machine's console now, and who was last. In: a machine. Out: names and times; callers ask the gate for PORT_READ first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.fleet.models import VirtualMachine

SHOWN = 20


@dataclass(frozen=True)
class Present:
    name: str
    types: bool
    since: datetime
    until: datetime | None
    is_you: bool = False


@dataclass(frozen=True)
class Presence:
    now: list[Present]
    last: Present | None


def presence_of(vm: VirtualMachine, reader: object = None) -> Presence:
    """`reader`: the id of whoever looks. The sessions are the live path's own; they are found from the machine alone."""
    sessions = vm.console_sessions.all()
    live = [_present(one, reader) for one in sessions.filter(ended_at=None)[:SHOWN]]
    newest = None if live else sessions.order_by("-started_at").first()
    return Presence(live, _present(newest, reader) if newest else None)


def _present(session: Any, reader: object) -> Present:
    return Present(
        session.principal_name,
        session.mode == "write",
        session.started_at,
        session.ended_at,
        session.principal_id == reader,
    )
