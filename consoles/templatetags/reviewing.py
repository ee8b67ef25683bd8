"""How sessions read on pages: why one ended, through what it came, how long it took."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts import action_words
from consoles.models import ConsoleSession
from portal.fleet.review import session_words

register = template.Library()


@register.filter
def why(session: ConsoleSession) -> str | Promise:
    if session.ended_by_name:
        return _("ended by %(name)s") % {"name": session.ended_by_name}
    return session_words.why(session.end_code)


@register.filter
def right(action: str) -> str | Promise:
    """What an action is called among people."""
    return action_words.in_words(action)


@register.filter
def through(session: ConsoleSession) -> str | Promise:
    return session_words.through(session.via)


@register.filter
def lasted(session: ConsoleSession) -> str:
    """h:mm:ss of one that has ended."""
    if session.ended_at is None:
        return ""
    minutes, seconds = divmod(round((session.ended_at - session.started_at).total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
