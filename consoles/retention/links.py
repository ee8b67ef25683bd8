"""Deletes the rows of links that opened nothing for long. In: the time. Out: how many went; who made, used and ended each stays in the audit log."""

from datetime import datetime, timedelta

from consoles.models import LogLink

KEPT = timedelta(days=30)  # after their end, so that a link that no longer opens can still be explained


def prune_links(now: datetime) -> int:
    count, _of_each = LogLink.objects.filter(expires_at__lt=now - KEPT).delete()
    return count
