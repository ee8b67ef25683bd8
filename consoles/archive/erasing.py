"""Recorded output is to be deleted: because somebody says why, or because its time is over. In: a machine, also one that was removed, or a clock. Out: an Erasure; jobs of the host do it.

From that moment no reader gets what it names. Nothing of it happens under a legal hold.
"""

from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Max, QuerySet

from accounts import actions, audit
from accounts.principals import Principal
from consoles.archive.queue import enqueue
from consoles.kept.log import log_of
from consoles.models import Erasure, LineArchive
from portal.fleet.models import VirtualMachine
from portal.fleet.services.holds import refuse_on_hold


def erase_output(*, by: Principal, vm: VirtualMachine, reason: str) -> Erasure:
    """All that its lines have printed. Raises OnHold. Of several lines the first's is returned."""
    wanted: list[tuple[Erasure, dict[str, object]]] = []
    for port in vm.ports.order_by("number"):
        first, end = _ends(port.line_id)  # may ask a hub: nothing is locked meanwhile
        erasure = Erasure(
            line_id=port.line_id,
            vm=vm,
            tenant_id=vm.tenant_id,
            host=vm.host,
            scope=vm.scope,
            before=end,
            first=first,
        )
        wanted.append((erasure, {"port": port.number}))
    return _ask(by, wanted, reason)[0]


def removed_from(tenant_id: UUID) -> "QuerySet[LineArchive]":
    """Lines of machines that were removed; their archives outlive them."""
    return LineArchive.objects.filter(tenant_id=tenant_id, vm=None)


def erase_removed(*, by: Principal, tenant_id: UUID, scope: str, reason: str) -> list[Erasure]:
    """All that machines printed which were removed from this scope; one that is there now is another. Raises OnHold."""
    wanted: list[tuple[Erasure, dict[str, object]]] = []
    for archive in removed_from(tenant_id).filter(scope__iexact=scope):
        first, end = _ends(archive.line_id)
        erasure = Erasure(
            line_id=archive.line_id,
            tenant_id=tenant_id,
            host=archive.host,
            scope=archive.scope,
            before=end,
            first=first,
        )
        wanted.append((erasure, {"removed": True}))
    return _ask(by, wanted, reason)


@transaction.atomic
def _ask(by: Principal, wanted: list[tuple[Erasure, dict[str, object]]], reason: str) -> list[Erasure]:
    """Each with what its entry says besides."""
    for erasure, said in wanted:
        refuse_on_hold(erasure.tenant_id, erasure.scope.lower())
        erasure.reason, erasure.asked_by_name = reason.strip(), by.name[:150]
        erasure.save(force_insert=True)
        record(by, erasure, reason=erasure.reason, **said)
    for host in {erasure.host for erasure, _said in wanted}:
        transaction.on_commit(partial(enqueue, host))
    return [erasure for erasure, _said in wanted]


def record(by: Principal, erasure: Erasure, **details: object) -> None:
    audit.record(
        by=by,
        action=actions.LOG_DELETE,
        scope=erasure.scope,
        tenant_id=erasure.tenant_id,
        details={"erasure": str(erasure.id), "before": erasure.before, **details},
    )


def erased_offset(archive: LineArchive) -> int:
    return Erasure.objects.filter(line_id=archive.line_id).aggregate(most=Max("before"))["most"] or 0


def erased_up_to(line_id: UUID, offset: int) -> Erasure | None:
    """Why a log begins there, where that is because what lay before was deleted. Whoever asked again had nothing left to delete."""
    return Erasure.objects.filter(line_id=line_id, before=offset).order_by("asked_at").first()


def _ends(line_id: UUID) -> tuple[int, int]:
    """Where its log begins and ends now; while the hub does not answer, where it was seen to end."""
    seen = LineArchive.objects.filter(line_id=line_id).values_list("spool_end", flat=True).first()
    log = log_of(line_id)
    return log.start, max(log.end, seen or 0)
