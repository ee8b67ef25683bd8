"""All lines of a host, one after the other. In: the host. Out: each archived as far as its store takes it, those first that waited longest."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from django.utils import timezone
from rq.timeouts import JobTimeoutException

from consoles.archive import backlog
from consoles.archive.lines import Line, lines_of
from consoles.archive.locking import locked
from consoles.archive.moving import archive_line, has_news, segments_of
from consoles.archive.objects import Objects
from consoles.models import LineArchive

log = structlog.get_logger(__name__)

NEVER = datetime.min.replace(tzinfo=UTC)


def archive_host(host: str, objects: Objects, seconds: float) -> bool:
    """False where the time was over before the last line's turn."""
    end = time.monotonic() + seconds
    lines, known = lines_of(host)
    glanced: list[LineArchive] = []
    done = True
    for line in sorted(lines, key=lambda line: _looked(known.get(line.id))):
        if done := time.monotonic() <= end:
            attempt(line, partial(_archive, line, known.get(line.id), objects, glanced))
    backlog.keep_glances(glanced)
    return done


def attempt(line: Line, act: Callable[[], None]) -> None:
    """What is wrong with one line stops no other. One that another process is at is left to it."""
    with locked(line.id) as ours:
        if not ours:
            return
        try:
            act()
        except JobTimeoutException:
            raise
        except Exception:  # its machine was removed a moment ago; its folder or its store's cannot be read
            log.exception("line_not_archived", line=str(line.id))
            LineArchive.objects.filter(line_id=line.id).update(looked_at=timezone.now())


def _archive(line: Line, known: LineArchive | None, objects: Objects, glanced: list[LineArchive]) -> None:
    """Of those of which nothing moves, whose figures are to be written, once for all."""
    segments = segments_of(line)
    if has_news(line, known, segments):
        archive_line(line, objects)
    elif known is not None and backlog.glanced(known, segments):
        glanced.append(known)


def _looked(row: LineArchive | None) -> datetime:
    return row.looked_at or NEVER if row else NEVER
