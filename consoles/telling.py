"""What the hub did by itself, for the audit. In: news of the hub's lines. Out: entries, written beside its loop."""

import asyncio

import structlog
from django.db import DatabaseError, InterfaceError

from accounts import actions, audit, principals
from consoles.hub.spec import LineSpec
from consoles.threads import in_thread
from portal.fleet.models import SerialPort

log = structlog.get_logger(__name__)


class Telling:
    def __init__(self) -> None:
        self._notes: set[asyncio.Task[None]] = set()

    def __call__(self, what: str, spec: LineSpec) -> None:
        note = asyncio.create_task(self._note(what, spec))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _note(self, what: str, spec: LineSpec) -> None:
        try:
            await in_thread(record_log_out, line_id=spec.id, how=spec.log_out)
        except (DatabaseError, InterfaceError) as error:
            log.error("not_recorded", what=what, line=spec.name, error=str(error).partition("\n")[0])


def record_log_out(*, line_id: str, how: str) -> None:
    ports = SerialPort.objects.select_related("vm__subscription", "vm__resource_group", "vm__scale_set")
    port = ports.get(line_id=line_id)
    audit.record(
        by=principals.system("hub"),
        action=actions.LOG_OUT,
        scope=port.vm.scope,
        tenant_id=port.vm.tenant_id,
        details={"port": port.number, "how": how},
    )
