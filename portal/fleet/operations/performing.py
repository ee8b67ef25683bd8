"""Performs an act, in a worker on its machine's host. In: an operation's id. Out: what was done, and a row that says how it ended.

Once only, whoever calls it and however often. Nothing outlasts the time of its kind, and nobody else acts on the machine meanwhile.
"""

from contextlib import nullcontext
from uuid import UUID

from portal.fleet.models import Operation, OperationState
from portal.fleet.operations.acts import ACTS
from portal.fleet.operations.apart import Apart
from portal.fleet.operations.doing import Doing, Later, NotWanted
from portal.fleet.services.operations import begin, end, lay_aside, note_alive
from portal.machines.base import Failed
from portal.machines.opening import open_machine


def perform(operation_id: UUID) -> None:
    operation = begin(operation_id=operation_id)
    if operation is None:
        return
    try:
        machine = open_machine(operation.vm.machine_url)
    except Failed as failed:
        _fail(operation, failed)
        return
    with Apart(lambda: note_alive(operation=operation)) as apart:
        _perform(Doing(operation, machine, apart))


def _perform(doing: Doing) -> None:
    operation = doing.operation
    try:
        with doing.alone() if operation.exclusive else nullcontext():
            doing.still_allowed()
            ACTS[operation.kind](doing)
    except NotWanted:
        return
    except Later:
        lay_aside(operation=operation, guest_asked=True)
    except Failed as failed:
        if operation.exclusive:
            doing.show_what_is()
        _fail(operation, failed, doing.result)
    else:
        end(operation_id=operation.id, state=OperationState.SUCCEEDED, result=doing.result)


def _fail(operation: Operation, failed: Failed, result: dict[str, object] | None = None) -> None:
    end(
        operation_id=operation.id,
        state=OperationState.FAILED,
        code=failed.code,
        words=failed.reason,
        result=result,
    )
