from django.http import Http404, HttpResponse
from django.views.decorators.http import require_POST

from accounts import sign_ins
from accounts.pages import signed_in
from accounts.redirects import go
from accounts.requests import PortalRequest


@require_POST
@signed_in
def switch_tenant(request: PortalRequest) -> HttpResponse:
    """To the dashboard of the other tenant: what was on screen belongs to the one left."""
    wanted = request.POST.get("tenant", "")
    if wanted not in {str(tenant.id) for tenant in request.tenants}:
        raise Http404
    request.session[sign_ins.TENANT_KEY] = wanted
    return go(request, "/")
