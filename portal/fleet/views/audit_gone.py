"""The answer about a view or a file that is not there any more, or is somebody else's. In: where to go on. Out: a page that says so, as a 404."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import PortalRequest


def gone(request: PortalRequest, back: str, name: str) -> HttpResponse:
    return render(request, "fleet/audit_gone.html", {"back": back, "name": name}, status=404)
