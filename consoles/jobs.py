"""What happens by the clock. Each job may run twice, or be cut off: the next run does what is left."""

from datetime import timedelta

from django.utils import timezone

from accounts import principals
from consoles.models import ConsoleSession
from consoles.retention.links import prune_links
from consoles.retention.sessions import prune_sessions
from consoles.services import end_from_elsewhere

LOST = timedelta(minutes=3)
BATCH = 500


def end_lost_sessions_job() -> int:
    """Sessions whose web process was killed, or hangs. They are found by their silence."""
    silent = ConsoleSession.objects.filter(ended_at=None, seen_at__lt=timezone.now() - LOST)
    by = principals.system("schedule")
    return sum(end_from_elsewhere(by=by, session=one, code="lost") for one in list(silent[:BATCH]))


def prune_sessions_job() -> int:
    return prune_sessions(by=principals.system("retention"))


def prune_links_job() -> int:
    return prune_links(timezone.now())
