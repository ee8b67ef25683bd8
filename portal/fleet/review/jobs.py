"""Files of the audit log, made by the workers. Each job may be killed, or run twice: the rows say how far a file has come."""

from uuid import UUID

from portal.fleet.review import exports, queue


def make_export_job(export_id: str) -> None:
    """A large one takes many turns, so that whatever else waits for the worker gets its own."""
    if exports.make_export(UUID(export_id)):
        queue.make_soon(UUID(export_id))


def tend_exports_job() -> int:
    for export_id in exports.silent():
        queue.make_soon(export_id)
    return exports.expire_exports()
