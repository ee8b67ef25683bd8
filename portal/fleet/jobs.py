"""What is done to machines by the workers of their host, and by the clock. Each job may run twice: the second finds nothing to do."""

from datetime import timedelta
from types import TracebackType
from uuid import UUID

from django.utils import timezone
from redis import Redis
from rq.job import Job

from portal.fleet.models import Operation, OperationState
from portal.fleet.operations.performing import perform
from portal.fleet.operations.sentences import BROKE
from portal.fleet.services.operations import end, end_lost

KEPT = timedelta(days=90)


def perform_operation_job(operation_id: str) -> None:
    perform(UUID(operation_id))


def operation_broke(
    job: Job, connection: Redis, kind: type[BaseException], error: BaseException, trace: TracebackType
) -> None:
    """A fault of Homeport's own or a driver's: told at once, not only when its time is over. The worker logs the rest."""
    end(operation_id=UUID(job.args[0]), state=OperationState.FAILED, code=BROKE, words=kind.__name__)


def end_lost_operations_job() -> int:
    return end_lost()


def prune_operations_job() -> int:
    """The audit log has long kept what mattered of them."""
    return Operation.objects.filter(ended_at__lt=timezone.now() - KEPT).delete()[0]
