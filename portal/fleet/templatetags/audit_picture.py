"""What the picture of the audit log says in words, and where its parts lead."""

from datetime import timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.fleet.review.timeline import MACHINE, Cell, Lane

register = template.Library()


@register.simple_tag(takes_context=True)
def lane_address(context: dict[str, Any], lane: Lane, cell: Cell | None = None) -> str:
    """The page with this lane alone, or with what one cell stands for."""
    query = context["query"].copy()
    if lane.wanted:
        query["machine" if context["picture"].by == MACHINE else "who"] = lane.wanted
    if cell is not None:
        query.pop("span", None)
        ends = (cell.since, cell.until + timedelta(milliseconds=1))
        query["since"], query["until"] = (f"{at:%Y-%m-%dT%H:%M:%S.%f}"[:-3] for at in ends)
    query["by"] = context["picture"].by
    return f"{reverse('activity', args=[context['page'].address])}?{query.urlencode()}"


@register.simple_tag
def lane_words(lane: Lane) -> str:
    told = ngettext("%(name)s: %(count)d entry", "%(name)s: %(count)d entries", lane.count)
    words = told % {"name": lane.name or _("elsewhere"), "count": lane.count}
    return f"{words}, {lane.refused} {_('refused or failed')}" if lane.refused else words


@register.simple_tag
def cell_words(lane: Lane, cell: Cell) -> str:
    counts = ", ".join(f"{count} {_(outcome)}" for outcome, count in cell.outcomes.items())
    return f"{lane.name or _('elsewhere')} · {cell.since:%Y-%m-%d %H:%M} – {cell.until:%Y-%m-%d %H:%M} UTC · {counts}"
