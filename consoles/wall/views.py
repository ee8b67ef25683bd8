"""The wall of consoles. In: who asks, and which consoles they want to see. Out: a tile for each, whose page attaches to those on screen."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.pages import portal_page
from accounts.requests import PortalRequest
from consoles.wall.line_news import SILENT, line_news
from consoles.wall.ranking import MOST, ranked
from consoles.wall.watchable import as_tiles, watchable
from portal.config import keyset
from portal.fleet.forms.vms import VmFilter
from portal.fleet.models import VirtualMachine
from portal.fleet.vm_queries import TIED, narrowed, subscriptions_with

PAGE = 48
PINS = 36


class WallFilter(VmFilter):
    """Its fields' names are the words of the address bar."""

    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("", _("Newest activity first")), ("name", _("By name"))],
    )
    field_order = ("q", "subscription", "power", "order")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        for name in ("group", "os", "host"):
            del self.fields[name]

    @property
    def is_set(self) -> bool:
        return any(self.data.get(name) for name in self.fields if name != "order")


@gzip_page
@portal_page
@require_safe
@vary_on_headers("HX-Request")
def wall(request: PortalRequest) -> HttpResponse:
    rows = watchable(request.principal)
    filters = WallFilter(request.GET, subscriptions_with(rows, request.tenant))
    chosen = filters.cleaned_data if filters.is_valid() else None
    rows = rows.none() if chosen is None else narrowed(rows, chosen, request.tenant)
    news = line_news()
    if chosen and chosen["order"] == "name":
        page = keyset.page(rows, order=TIED, request=request, size=PAGE, load=as_tiles)
        vms, more, count, total = page.rows, page.next, page.count, page.total
    else:
        found = ranked(rows, news, after=request.GET.get("after", ""), size=PAGE)
        vms, more, total = _in_order(found.ids), _query(request, found.next), found.total
        count = f"{total:,}" if total <= MOST else f"{MOST:,}+"
    vms = _with_pins(request, rows, vms)
    for vm in vms:
        vm.news = news.get(str(vm.line_id), SILENT)  # type: ignore[attr-defined]
    context = {"vms": vms, "more": more, "count": count, "total": total, "filters": filters}
    return render(request, "consoles/wall_tiles.html" if request.htmx else "consoles/wall.html", context)


def _in_order(ids: list[int]) -> list[VirtualMachine]:
    found = as_tiles(VirtualMachine.objects.filter(id__in=ids)).in_bulk()
    return [found[one] for one in ids if one in found]


def _with_pins(
    request: PortalRequest, rows: "QuerySet[VirtualMachine]", vms: list[VirtualMachine]
) -> list[VirtualMachine]:
    """The browser knows what is pinned; whether it may be seen is asked like everything else's."""
    wanted = [
        int(one)
        for one in request.GET.getlist("pin")[:PINS]
        if one.isascii() and one.isdigit() and len(one) < 19
    ]
    if not wanted:
        return vms
    allowed = as_tiles(
        VirtualMachine.objects.filter(id__in=rows.filter(id__in=wanted).values("pk"))
    ).in_bulk()
    pinned = [allowed[one] for one in wanted if one in allowed]
    return pinned + [vm for vm in vms if vm.pk not in allowed]


def _query(request: PortalRequest, after: str) -> str:
    if not after:
        return ""
    query = request.GET.copy()
    query["after"] = after
    return query.urlencode()
