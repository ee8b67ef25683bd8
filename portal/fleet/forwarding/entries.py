"""The entries that a target has not had yet. In: a target and the last it had. Out: the next few of its tenant's chain, bounded in number and size."""

import json
from collections.abc import Iterable

from accounts.models import AuditEntry
from portal.fleet.models import ForwardKind, ForwardTarget
from portal.fleet.sealing.reading import UNREADABLE, after
from portal.fleet.targets.failures import GONE, NotDelivered

MOST = {ForwardKind.SYSLOG: 500, ForwardKind.WEBHOOK: 100}
MOST_BYTES = 1024 * 1024


def following(target: ForwardTarget, done: int) -> list[AuditEntry]:
    """In order, and gapless: whoever writes an entry holds its chain until it is there, and what left the table is in a sealed file."""
    most = MOST[ForwardKind(target.kind)]
    entries = AuditEntry.objects.filter(chain__tenant_id=target.tenant_id, seq__gt=done).order_by("seq")
    found = list(entries[:most])
    if not found or found[0].seq != done + 1:
        found = _sealed(target, done, most) or found
    return _within(found)


def _sealed(target: ForwardTarget, done: int, most: int) -> list[AuditEntry]:
    """None where the retention has deleted the file meanwhile, which the log itself says."""
    try:
        return after(target.tenant_id, done, most)
    except UNREADABLE as error:
        raise NotDelivered(GONE) from error


def _within(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    batch: list[AuditEntry] = []
    size = 0
    for entry in entries:
        size += len(json.dumps(entry.details)) + 1024
        if batch and size > MOST_BYTES:
            break
        batch.append(entry)
    return batch
