"""Once a day: what a kill, a store that was away or a removed machine has left. In: the host. Out: no object without a row, no log beyond its limit, no folder of a line that is archived for good."""

import random
import shutil
import time
from functools import partial

import structlog

from consoles.archive import backlog, circular, removing, sweeping
from consoles.archive.lines import Line, keep, lines_of
from consoles.archive.moving import segments_of
from consoles.archive.objects import Objects
from consoles.archive.rounds import attempt
from consoles.models import ArchivedPiece, LineArchive
from portal.fleet.stores.base import StoreTrouble

log = structlog.get_logger(__name__)


def tidy_host(host: str, objects: Objects, seconds: float) -> None:
    """In any order, so that none is behind the end of its time, or of its store's share, every day."""
    end = time.monotonic() + seconds
    lines, known = lines_of(host)
    for line in random.sample(lines, len(lines)):
        if line.id in known and time.monotonic() < end:
            attempt(line, partial(_tidy, line, objects))


def _tidy(line: Line, objects: Objects) -> None:
    accounts = sweeping.accounts_of(line.id)
    segments = segments_of(line)
    row = backlog.looked(line, segments)
    keep(row)
    circular.shorten(line, row, segments)
    removing.finish(line.id, objects)
    try:
        if swept := sweeping.sweep(line.id, accounts, objects):
            log.info("objects_swept", line=str(line.id), count=swept)
    except StoreTrouble as trouble:
        log.info("objects_not_swept", line=str(line.id), code=trouble.code)
    if line.vm_id is None and row.archived_to >= row.spool_end:
        _bury(line, row)


def _bury(line: Line, row: LineArchive) -> None:
    """Of a removed machine: the hub does not write there any more, and all of it is in a store."""
    shutil.rmtree(line.folder, ignore_errors=True)
    if not ArchivedPiece.objects.filter(line_id=line.id).exists():
        row.delete()
