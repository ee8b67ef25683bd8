"""What an Erasure names leaves the hub's disk and every store. In: the host. Out: rows that say when each was done; what is away now is asked again by the clock."""

import time

import structlog
from asgiref.sync import async_to_sync
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from consoles.archive import cutting, removing, sweeping
from consoles.archive.locking import locked
from consoles.archive.objects import Objects
from consoles.hub import client
from consoles.hub_addresses import address_of
from consoles.hub_settings import listening
from consoles.models import ArchivedPiece, Erasure, LineArchive, PieceState
from consoles.models.archive import TO_DO
from portal.fleet.services.holds import on_hold
from portal.fleet.stores.base import StoreTrouble

log = structlog.get_logger(__name__)


def delete_erased(host: str, objects: Objects, seconds: float) -> None:
    """In any order, so that none whose store takes all the time is first for ever. What is wrong with one stops no other."""
    end = time.monotonic() + seconds
    for erasure in Erasure.objects.filter(TO_DO, host=host).order_by("?"):
        if time.monotonic() > end:
            return
        try:
            _attempt(erasure, objects)
        except JobTimeoutException:
            raise
        except Exception:
            log.exception("output_not_erased", line=str(erasure.line_id))


def _attempt(erasure: Erasure, objects: Objects) -> None:
    if on_hold(erasure.tenant_id, erasure.scope.lower()):
        return
    with locked(erasure.line_id) as ours:
        if ours:
            _delete(erasure, objects)


def _delete(erasure: Erasure, objects: Objects) -> None:
    _archive_no_more(erasure)
    if erasure.spool_done_at is None and _spool_is_done(erasure):
        erasure.spool_done_at = timezone.now()
    if erasure.stores_done_at is None and _stores_are_done(erasure, objects):
        erasure.stores_done_at = timezone.now()
    erasure.save(update_fields=["spool_done_at", "stores_done_at"])


@transaction.atomic
def _archive_no_more(erasure: Erasure) -> None:
    """What is to be deleted is not archived meanwhile."""
    row, _is_new = LineArchive.objects.get_or_create(
        line_id=erasure.line_id,
        defaults={
            "vm_id": erasure.vm_id,
            "tenant_id": erasure.tenant_id,
            "host": erasure.host,
            "scope": erasure.scope,
        },
    )
    row.archived_to = max(row.archived_to, erasure.before)
    row.save(update_fields=["archived_to"])


def _spool_is_done(erasure: Erasure) -> bool:
    """A hold may have been put since the attempt began."""
    if on_hold(erasure.tenant_id, erasure.scope.lower()):
        return False
    if not (settings.SPOOL / str(erasure.line_id)).exists():
        return True
    try:
        async_to_sync(_forget)(erasure)
    except (client.HubGone, client.Refused) as trouble:
        log.warning("output_not_erased", line=str(erasure.line_id), where="hub", why=str(trouble))
        return False
    return True


async def _forget(erasure: Erasure) -> None:
    await client.forget(await address_of(erasure.host), str(erasure.line_id), erasure.before, listening())


def _stores_are_done(erasure: Erasure, objects: Objects) -> bool:
    pieces = ArchivedPiece.objects.filter(line_id=erasure.line_id, start__lt=erasure.before)
    accounts = sweeping.accounts_of(erasure.line_id)
    try:
        for piece in pieces.exclude(state=PieceState.LEAVING).select_related("account"):
            cutting.cut(piece, erasure.before, objects)
        if not removing.finish(erasure.line_id, objects):
            return False
        sweeping.sweep(erasure.line_id, accounts, objects)
    except StoreTrouble as trouble:
        log.warning("output_not_erased", line=str(erasure.line_id), where="store", why=trouble.code)
        return False
    return True
