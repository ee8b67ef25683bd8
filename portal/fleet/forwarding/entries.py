"""The entries that a target has not had yet. In: a target and the last it had. Out: the next few of its chain, bounded in number and size."""

import json
from collections.abc import Iterable

from accounts.audit_selectors import entries_of
from accounts.models import AuditEntry
from portal.fleet.models import ForwardKind, ForwardTarget
from portal.fleet.sealing.reading import UNREADABLE, after
from portal.fleet.targets.failures import GONE, NotDelivered

MOST = {ForwardKind.SYSLOG: 500, ForwardKind.WEBHOOK: 100}
MOST_BYTES = 1024 * 1024


class Following:
    """In order, and gapless: whoever writes an entry holds its chain until it is there, and what left the table is in a sealed file.

    For one turn of a target: the file that was opened last is kept until all of it has gone.
    """

    def __init__(self, target: ForwardTarget) -> None:
        self._tenant_id, self._most = target.tenant_id, MOST[ForwardKind(target.kind)]
        self._opened: list[AuditEntry] = []

    def after(self, done: int) -> list[AuditEntry]:
        return _within(self._still_open(done) or self._in_table(done))

    def _still_open(self, done: int) -> list[AuditEntry]:
        self._opened = [entry for entry in self._opened if entry.seq > done]
        return self._opened[: self._most]

    def _in_table(self, done: int) -> list[AuditEntry]:
        found = list(entries_of(self._tenant_id).filter(seq__gt=done).order_by("seq")[: self._most])
        if found and found[0].seq == done + 1:
            return found
        return self._sealed(done) or found

    def _sealed(self, done: int) -> list[AuditEntry]:
        """None where the retention has deleted the file meanwhile, which the log itself says. The platform's chain is never sealed."""
        if self._tenant_id is None:
            return []
        try:
            self._opened = after(self._tenant_id, done)
        except UNREADABLE as error:
            raise NotDelivered(GONE) from error
        return self._opened[: self._most]


def _within(entries: Iterable[AuditEntry]) -> list[AuditEntry]:
    batch: list[AuditEntry] = []
    size = 0
    for entry in entries:
        size += len(json.dumps(entry.details)) + 1024
        if batch and size > MOST_BYTES:
            break
        batch.append(entry)
    return batch
