"""The search box: a short list under it while somebody types, a page of its own on Enter."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions
from accounts.pages import portal_page
from accounts.requests import PortalRequest
from portal.fleet.context import frame_of
from portal.fleet.finding import find, finders

IN_LIST, ON_PAGE = 5, 50


class SearchForm(forms.Form):
    q = forms.CharField(required=False, max_length=100)


@portal_page
@require_safe
@vary_on_headers("HX-Request")
def search(request: PortalRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    people = frame_of(request).reach.includes(actions.DIRECTORY_READ, anywhere=False)
    limit = IN_LIST if request.htmx else ON_PAGE
    hits = find(request.principal, request.tenant, text, people=people, limit=limit)
    hits += [hit for finder in finders for hit in finder(request, text.strip().lower(), limit)]
    template = "fleet/search_list.html" if request.htmx else "fleet/search.html"
    return render(request, template, {"q": text, "hits": hits, "form": form, "limit": limit})
