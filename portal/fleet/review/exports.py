"""Files of exactly what somebody had filtered: asked for, made part by part, gone after a day. Each is recorded; it is for that person alone.

A part is written, under a name of its own, before the row says so. Whoever is killed makes it once more; of two who make it one is
believed. A store that is away is waited for: what it keeps is missing from the file, or the file fails, only when it stays away.
"""

import gzip
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models import AuditExport, ExportState
from portal.fleet.review import queue
from portal.fleet.review.filters import from_json, to_json
from portal.fleet.review.walking import Stretch, Wanted, next_stretch
from portal.fleet.review.writing import head, lines
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of

MOST = 10  # of one person at a time
LIVES = timedelta(hours=24)
AT_ONCE = 20_000  # so many are sent while somebody waits
PART = 20_000
SECONDS = 20.0  # of a turn: everybody's records wait for the same worker
SILENT = timedelta(seconds=45)
PATIENCE = timedelta(minutes=15)  # with a store that is away
UNFINISHED = (ExportState.WAITING, ExportState.RUNNING)


@dataclass(frozen=True)
class Size:
    """`sealed` entries lie in files, and some of them may fit."""

    rows: int
    sealed: int

    @property
    def is_any(self) -> bool:
        return bool(self.rows or self.sealed)

    @property
    def at_once(self) -> bool:
        return not self.sealed and self.rows <= AT_ONCE


def size_of(wanted: Wanted) -> Size:
    return Size(wanted.kept.order_by().values("pk").count(), wanted.sealed_at_most)


def exports_of(principal: Principal, tenant: Tenant) -> "QuerySet[AuditExport]":
    mine = AuditExport.objects.filter(Q(asked_by_id=principal.id), tenant=tenant)
    return mine.filter(expires_at__gt=timezone.now()).select_related("tenant")


@transaction.atomic
def ask_export(*, by: Principal, wanted: Wanted, form: str, size: Size) -> AuditExport:
    assert by.id is not None  # noqa: S101  the system asks for no files
    Tenant.objects.select_for_update().get(id=wanted.tenant.id)
    if exports_of(by, wanted.tenant).count() >= MOST:
        raise ValidationError(
            _("You have %(most)d files already. Remove one, or wait until one expires.") % {"most": MOST}
        )
    export = AuditExport(
        tenant=wanted.tenant,
        scope=wanted.scope,
        filters=to_json(wanted.filters),
        form=form,
        expected=size.rows,
        asked_by_id=by.id,
        asked_by_name=by.name[:150],
        seen_at=timezone.now(),
        expires_at=timezone.now() + LIVES,
    )
    export.blob = f"exports/{wanted.tenant.id}/{export.id}"
    export.save()
    note_export(by=by, wanted=wanted, form=form, rows=size.rows)
    transaction.on_commit(partial(queue.make_soon, export.tenant_id))
    return export


def note_export(*, by: Principal, wanted: Wanted, form: str, rows: int) -> None:
    audit.record(
        by=by,
        action=actions.AUDIT_EXPORT,
        scope=wanted.scope,
        tenant_id=wanted.tenant.id,
        details={"form": form, "rows": rows, "filters": _as_typed(wanted)},
    )


def _as_typed(wanted: Wanted) -> dict[str, Any]:
    """A few letters may stand for thousands of names, of which whoever reads a part of the tenant may not know."""
    kept = to_json(wanted.filters)
    return {name: value for name, value in kept.items() if not isinstance(value, list)} | wanted.typed


def make_export(export_id: UUID) -> bool:
    """For some moments; True when there is more to do."""
    until = monotonic() + SECONDS
    unfinished = AuditExport.objects.filter(state__in=UNFINISHED)
    unfinished.filter(id=export_id).update(seen_at=timezone.now())
    while monotonic() < until:
        export = unfinished.select_related("tenant").filter(id=export_id).first()
        if export is None or not _make_part(export):
            return False
    return True


def _make_part(export: AuditExport) -> bool:
    """False when nothing is left to do, or nothing can be done now."""
    wanted = Wanted(export.tenant, export.scope, from_json(export.filters))
    stretch = next_stretch(wanted, export.cursor, PART)
    if stretch.away and _waits(export, stretch.away, export.failing_since):
        return False
    text = (head(export.form) if export.parts == 0 else b"") + lines(export.form, stretch.entries)
    packed, mark = gzip.compress(text, compresslevel=1, mtime=0), f"-{uuid4().hex[:8]}"
    name = _name(export, export.parts, mark)
    try:
        store_of(None).put(name, packed)
    except StoreTrouble as trouble:
        if not _waits(export, trouble.code, export.failing_since if export.error_code else None):
            _give_up(export, trouble.code)
        return False
    if _believe(export, stretch, len(packed), mark):
        return stretch.cursor is not None
    store_of(None).delete(name)  # somebody else made it, or removed the file, meanwhile
    return False


def _waits(export: AuditExport, code: str, since: datetime | None) -> bool:
    """For a store that does not answer; False once it has been too long."""
    now = timezone.now()
    since = since or now
    if now - since >= PATIENCE:
        return False
    as_seen = AuditExport.objects.filter(id=export.id, parts=export.parts)
    as_seen.update(error_code=code, failing_since=since, seen_at=now)
    return True


def _give_up(export: AuditExport, code: str) -> None:
    as_seen = AuditExport.objects.filter(id=export.id, parts=export.parts, state__in=UNFINISHED)
    as_seen.update(state=ExportState.FAILED, error_code=code, ended_at=timezone.now())


def _believe(export: AuditExport, stretch: Stretch, stored: int, mark: str) -> bool:
    """Once one was waited for in vain none is waited for again, until all have answered."""
    now, ended, cursor = timezone.now(), stretch.cursor is None, stretch.cursor or {}
    as_seen = AuditExport.objects.filter(id=export.id, parts=export.parts, state__in=UNFINISHED)
    return bool(
        as_seen.update(
            state=ExportState.READY if ended else ExportState.RUNNING,
            rows=F("rows") + len(stretch.entries),
            stored_bytes=F("stored_bytes") + stored,
            parts=export.parts + 1,
            marks=[*export.marks, mark],
            cursor=cursor,
            missing_files=F("missing_files") + stretch.unreadable,
            error_code="",
            failing_since=export.failing_since if stretch.away or cursor.get("silent") else None,
            seen_at=now,
            ended_at=now if ended else None,
        )
    )


@transaction.atomic
def try_again(*, export: AuditExport) -> None:
    """Of one that failed: it goes on where it was. Asking twice is no error."""
    failed = AuditExport.objects.filter(id=export.id, state=ExportState.FAILED)
    again = {"error_code": "", "failing_since": None, "ended_at": None, "seen_at": timezone.now()}
    if failed.update(state=ExportState.WAITING, **again):
        transaction.on_commit(partial(queue.make_soon, export.tenant_id))


def part_names(export: AuditExport) -> list[str]:
    return [_name(export, number, mark) for number, mark in enumerate(export.marks)]


def _name(export: AuditExport, number: int, mark: str) -> str:
    return f"{export.blob}/{number:05d}{mark}.gz"


def next_of(tenant_id: UUID) -> UUID | None:
    """Whose last turn was longest ago. One that met a store that did not answer comes back later."""
    waiting = _unfinished().filter(Q(error_code="") | Q(seen_at__lt=_long_ago()), tenant_id=tenant_id)
    return waiting.order_by("seen_at", "asked_at").values_list("id", flat=True).first()


def silent() -> list[UUID]:
    """Tenants with files whose job was lost, that met a store that did not answer, or wait for others of theirs."""
    old = _unfinished().filter(seen_at__lt=_long_ago())
    return list(old.order_by("tenant").values_list("tenant", flat=True).distinct())


def _unfinished() -> "QuerySet[AuditExport]":
    return AuditExport.objects.filter(state__in=UNFINISHED, expires_at__gt=timezone.now())


def _long_ago() -> datetime:
    return timezone.now() - SILENT


def expire_exports() -> int:
    expired = list(AuditExport.objects.filter(expires_at__lte=timezone.now()))
    for export in expired:
        remove_export(export=export)
    return len(expired)


def remove_export(*, export: AuditExport) -> None:
    """At once nobody sees it or goes on with it; then the objects, and the row last: whoever is killed in between, the clock goes on."""
    mine = AuditExport.objects.filter(id=export.id)
    mine.update(state=ExportState.FAILED, expires_at=timezone.now())
    store = store_of(None)
    for name in list(store.names(f"{export.blob}/")):
        store.delete(name)
    mine.delete()
