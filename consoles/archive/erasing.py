"""Recorded output is to be deleted: because somebody says why, or because its time is over. In: a machine, or a clock. Out: an Erasure; jobs of the host do it.

From that moment no reader gets what it names. Nothing of it happens under a legal hold.
"""

from functools import partial

from django.db import transaction
from django.db.models import Max

from accounts import actions, audit
from accounts.principals import Principal
from consoles.archive.queue import enqueue
from consoles.kept.log import log_of
from consoles.models import Erasure, LineArchive
from portal.fleet.models import SerialPort, VirtualMachine
from portal.fleet.services.holds import OnHold, on_hold


def erase_output(*, by: Principal, vm: VirtualMachine, reason: str, before: int | None = None) -> Erasure:
    """All that its lines have printed, or what they printed before an offset. Raises OnHold. Of several lines the first's is returned."""
    ports = list(vm.ports.order_by("number"))
    ends = {port: _end(port) for port in ports}  # may ask a hub: nothing is locked meanwhile
    with transaction.atomic():
        if hold := on_hold(vm.tenant_id, vm.scope_key):
            raise OnHold(hold)
        erasures = [
            Erasure.objects.create(
                line_id=port.line_id,
                vm=vm,
                tenant_id=vm.tenant_id,
                host=vm.host,
                scope=vm.scope,
                before=end if before is None else min(before, end),
                reason=reason.strip(),
                asked_by_name=by.name[:150],
            )
            for port, end in ends.items()
        ]
        for port, erasure in zip(ports, erasures, strict=True):
            record(by, erasure, port=port.number, reason=erasure.reason)
        transaction.on_commit(partial(enqueue, vm.host))
    return erasures[0]


def record(by: Principal, erasure: Erasure, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.LOG_DELETE,
        scope=erasure.scope,
        tenant_id=erasure.tenant_id,
        details={"erasure": str(erasure.id), "before": erasure.before, **details},
    )


def erased_before(archive: LineArchive) -> int:
    return Erasure.objects.filter(line_id=archive.line_id).aggregate(most=Max("before"))["most"] or 0


def _end(port: SerialPort) -> int:
    """Where its log ends now; while the hub does not answer, where it was seen to end."""
    seen = LineArchive.objects.filter(line_id=port.line_id).values_list("spool_end", flat=True).first()
    return max(log_of(port.line_id).end, seen or 0)
