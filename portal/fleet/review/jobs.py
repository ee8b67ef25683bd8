"""Files of the audit log, made by the workers. Each job may be killed, or run twice: the rows say how far a file has come."""

from uuid import UUID

from portal.fleet.review import exports, queue
from portal.fleet.workers.once import waits_once


def make_export_job(tenant_id: str) -> None:
    """A tenant's files take turns, and so do tenants: whatever else waits for the worker gets its own in between."""
    tenant = UUID(tenant_id)
    if (export_id := exports.next_of(tenant)) is not None:
        exports.make_export(export_id)
    if exports.next_of(tenant) is not None:
        queue.make_soon(tenant)


@waits_once
def tend_exports_job() -> int:
    for tenant_id in exports.silent():
        queue.make_soon(tenant_id)
    return exports.expire_exports()
