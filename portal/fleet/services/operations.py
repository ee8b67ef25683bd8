"""Acts on machines, from the asking to the end. In: who asks for what. Out: an Operation, its audit entries, its job, hints to whoever watches.

The gate is asked before, by whoever calls `ask`. The machine's row is locked while it is decided who comes first.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone
from redis.exceptions import RedisError

from accounts import actions, audit, events
from accounts.principals import Principal
from portal.fleet.models import Operation, OperationKind, OperationState, VirtualMachine
from portal.fleet.models.operations import UNFINISHED
from portal.fleet.operations import queue
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.possible import Details, checked
from portal.fleet.operations.sentences import LOST, NOT_TAKEN, QUEUE_AWAY, SUPERSEDED

log = structlog.get_logger(__name__)

WAITS_FOR_GUEST = (OperationKind.RESTART, OperationKind.SHUT_DOWN)
LONGEST_WORDS = 300


class Busy(Exception):
    """Somebody else's act on this machine is not finished."""

    def __init__(self, operation: Operation) -> None:
        super().__init__(operation.kind)
        self.operation = operation


@transaction.atomic
def ask(
    *, by: Principal, vm: VirtualMachine, kind: str, details: Mapping[str, object] | None = None
) -> Operation:
    """Raises Busy, or Impossible where it makes no sense. Of one kind a machine does one at a time: whoever only looks blocks nobody."""
    vm = _locked(vm.id)
    kept = checked(vm, kind, details or {})
    if KINDS[kind].exclusive:
        _make_room(by, vm, kind)
    elif same := Operation.objects.filter(vm=vm, kind=kind, state__in=UNFINISHED).first():
        raise Busy(same)
    operation = Operation.objects.create(
        vm=vm,
        kind=kind,
        exclusive=KINDS[kind].exclusive,
        details=kept,
        deadline=timezone.now() + timedelta(seconds=queue.PATIENCE),
        asked_by_kind=by.kind,
        asked_by_id=by.id,
        asked_by_name=by.name[:150],
        request_id=by.request_id,
        address=by.address,
    )
    _record(operation, by, asked=True, **kept)
    _announce(vm)
    transaction.on_commit(partial(_send, operation, vm.host))
    return operation


@transaction.atomic
def begin(*, operation_id: UUID) -> Operation | None:
    """For the worker that performs it; None when it was called off, or when another worker has it."""
    operation = _unfinished(operation_id)
    if operation is None or operation.state != OperationState.WAITING:
        return None
    now = timezone.now()
    operation.state, operation.started_at = OperationState.RUNNING, operation.started_at or now
    operation.deadline = now + timedelta(seconds=queue.SILENCE)
    operation.save(update_fields=["state", "started_at", "deadline"])
    _announce(operation.vm)
    return operation


def note_progress(*, operation: Operation, percent: int) -> bool:
    """False when it is no longer wanted."""
    rows = Operation.objects.filter(id=operation.id, state=OperationState.RUNNING)
    if not rows.exclude(progress=percent).update(progress=percent):
        return rows.exists()
    _announce(operation.vm)
    return True


def note_alive(*, operation: Operation) -> None:
    """That its worker lives: said every few seconds, or its deadline comes."""
    rows = Operation.objects.filter(id=operation.id, state=OperationState.RUNNING)
    rows.update(deadline=timezone.now() + timedelta(seconds=queue.SILENCE))


@transaction.atomic
def lay_aside(*, operation: Operation, **details: object) -> None:
    """It waits for a guest while others wait for its worker: it goes on when it is its turn again, with what is remembered here."""
    rows = Operation.objects.filter(id=operation.id, state=OperationState.RUNNING)
    if rows.update(
        state=OperationState.WAITING,
        details={**operation.details, **details},
        deadline=timezone.now() + timedelta(seconds=queue.PATIENCE),
    ):
        _announce(operation.vm)
        transaction.on_commit(partial(_send, operation, operation.vm.host))


@transaction.atomic
def end(
    *,
    operation_id: UUID,
    state: OperationState,
    code: str = "",
    words: str = "",
    result: Details | None = None,
    late_at: datetime | None = None,
) -> bool:
    """False when it has ended already: the first word counts; or when it is no longer `late`, since somebody took it up."""
    operation = _unfinished(operation_id)
    if operation is None or (late_at and operation.deadline and operation.deadline >= late_at):
        return False
    operation.state, operation.ended_at = state, timezone.now()
    operation.error_code = code
    operation.error_message = "".join(filter(str.isprintable, words))[:LONGEST_WORDS]
    operation.result = result or {}
    if state == OperationState.SUCCEEDED:
        operation.progress = 100
    operation.save()
    _record(operation, asked_by(operation), asked=False)
    _announce(operation.vm)
    return True


def end_lost(*, limit: int = 500) -> int:
    """Those whose worker died, or that no worker took up in time."""
    now = timezone.now()
    late = Operation.objects.filter(state__in=UNFINISHED, deadline__lt=now)
    return sum(_end_late(one, now) for one in list(late.order_by("deadline")[:limit]))


def _end_late(operation: Operation, now: datetime) -> bool:
    code = NOT_TAKEN if operation.state == OperationState.WAITING else LOST
    return end(operation_id=operation.id, state=OperationState.FAILED, code=code, late_at=now)


def asked_by(operation: Operation) -> Principal:
    return Principal(
        kind=operation.asked_by_kind,
        id=operation.asked_by_id,
        name=operation.asked_by_name,
        tenant_id=operation.vm.tenant_id,
        address=operation.address,
        request_id=operation.request_id,
    )


def _make_room(by: Principal, vm: VirtualMachine, kind: str) -> None:
    held = Operation.objects.filter(vm=vm, exclusive=True, state__in=UNFINISHED).first()
    if held is None or _is_late(held):
        return
    if not (KINDS[kind].supersedes and held.kind in WAITS_FOR_GUEST):
        raise Busy(held)
    result: Details = {"by": by.name[:150], "kind": str(kind)}
    end(operation_id=held.id, state=OperationState.CANCELLED, code=SUPERSEDED, result=result)


def _is_late(held: Operation) -> bool:
    """Also where the clock's job does not run, nobody waits for ever for whoever died."""
    now = timezone.now()
    return bool(held.deadline and held.deadline < now and _end_late(held, now))


def _send(operation: Operation, host: str) -> None:
    try:
        queue.put(operation, host)
    except (RedisError, OSError) as error:
        log.warning("operation_not_queued", operation=str(operation.id), error=str(error))
        end(operation_id=operation.id, state=OperationState.FAILED, code=QUEUE_AWAY)


def _locked(vm_id: int) -> VirtualMachine:
    of = VirtualMachine.objects.select_for_update(of=("self",))
    return of.select_related("resource_group", "scale_set__resource_group").get(id=vm_id)


def _unfinished(operation_id: UUID) -> Operation | None:
    rows = Operation.objects.select_for_update(of=("self",)).select_related(
        "vm__resource_group", "vm__scale_set__resource_group"
    )
    return rows.filter(id=operation_id, state__in=UNFINISHED).first()


def _record(operation: Operation, by: Principal, *, asked: bool, **details: object) -> None:
    """Asking and outcome are two entries; what only looks leaves none."""
    action = KINDS[operation.kind].action
    if actions.only_looks(action):
        return
    failed = operation.state in (OperationState.FAILED, OperationState.CANCELLED)
    audit.record(
        by=by,
        action=action,
        scope=operation.vm.scope,
        tenant_id=operation.vm.tenant_id,
        outcome="failed" if failed else "succeeded",
        error_code=operation.error_code,
        details={
            "operation": str(operation.id),
            "kind": str(operation.kind),
            "stage": "asked" if asked else "ended",
            **details,
        },
    )


def _announce(vm: VirtualMachine) -> None:
    events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)
