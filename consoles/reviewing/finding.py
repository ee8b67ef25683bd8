"""Sessions for the search box. In: who asks, and a part of a person's or a machine's name. Out: the newest that fit, of those they may see."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import actions
from accounts.requests import PortalRequest
from consoles.models import ConsoleSession
from consoles.reviewing.session_queries import sessions_seen
from portal.fleet.context import frame_of
from portal.fleet.finding import Hit

NEWEST = 1000  # are looked at; the list of sessions looks at all


def find_sessions(request: PortalRequest, text: str, limit: int) -> list[Hit]:
    reach = frame_of(request).reach
    if not text or not reach.includes(actions.SESSION_READ, anywhere=True):
        return []
    newest = sessions_seen(request.principal, request.tenant).order_by("-started_at").values("id")[:NEWEST]
    named = Q(principal_name__icontains=text) | Q(vm_name__icontains=text)
    found = ConsoleSession.objects.filter(named, id__in=newest).order_by("-started_at")
    return [_hit(session) for session in found[:limit]]


def _hit(session: ConsoleSession) -> Hit:
    name = _("%(name)s on %(vm)s") % {"name": session.principal_name, "vm": session.vm_name}
    when = f"{session.started_at:%Y-%m-%d %H:%M} UTC"
    where = when if session.ended_at else f"{_('live')} · {when}"
    return Hit(gettext_lazy("Sessions"), "terminal-2", name, where, reverse("session", args=[session.id]))
