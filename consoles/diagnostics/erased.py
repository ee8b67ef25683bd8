"""What stands at the beginning of a log whose older part was deleted. In: a line, and where its log begins. Out: a sentence, and when; None where nothing was."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from consoles.archive.erasing import erased_up_to
from consoles.models import Erasure
from consoles.record.mark import SKIP


def told_at(line_id: UUID, offset: int) -> tuple[str, datetime] | None:
    found = erased_up_to(line_id, offset) if offset else None
    return (_in_words(found), found.asked_at) if found else None


def erased_before(line_id: UUID, offset: int) -> str:
    """The same for a page that has nothing else to show."""
    told = told_at(line_id, offset)
    return told[0] if told else ""


def gone_at(line_id: UUID, offset: int) -> str:
    """Of one place in a log: that it was deleted, for whoever sees the console and perhaps not the log. Why, is for the log's readers."""
    there = Q(first=None) | Q(first__lte=offset)
    found = Erasure.objects.filter(there, line_id=line_id, before__gt=offset).order_by("asked_at").first()
    if found is None:
        return ""
    told = {"who": found.asked_by_name, "at": f"{found.asked_at:%Y-%m-%d %H:%M:%S} UTC"}
    if found.by_clock:
        return _("What was printed then was deleted %(at)s: its time was over.") % told
    return _("What was printed then was deleted by %(who)s, %(at)s.") % told


def _in_words(one: Erasure) -> str:
    size = (
        _("What was printed before:")
        if one.first is None
        else filesizeformat((one.before - one.first) % SKIP)
    )
    told = {"size": size, "at": f"{one.asked_at:%Y-%m-%d %H:%M:%S} UTC"}
    if one.by_clock:
        return _("%(size)s deleted %(at)s: its time was over") % told
    named = {**told, "who": one.asked_by_name, "why": one.reason}
    return _("%(size)s deleted by %(who)s, %(at)s: %(why)s") % named
