"""Filters under a name. In: who, and what they had filtered. Out: views of their own, and those that everybody of the tenant sees."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import Tenant
from accounts.principals import Principal
from portal.fleet.models import SavedView

MOST = 50  # of one person in one tenant


def views_of(principal: Principal, tenant: Tenant) -> "QuerySet[SavedView]":
    return SavedView.objects.filter(Q(owner_id=principal.id) | Q(shared=True), tenant=tenant)


@transaction.atomic
def save_view(*, by: Principal, tenant: Tenant, name: str, query: str, shared: bool) -> SavedView:
    """A name that is taken by one of their own views becomes this one."""
    assert by.id is not None  # noqa: S101  the system saves no views
    Tenant.objects.select_for_update().get(id=tenant.id)
    own = SavedView.objects.filter(tenant=tenant, owner_id=by.id)
    view = own.filter(name=name.strip()).first() or SavedView(
        tenant=tenant, owner_id=by.id, name=name.strip()
    )
    if view._state.adding and own.count() >= MOST:
        raise ValidationError(_("You have %(most)d saved views. Remove one first.") % {"most": MOST})
    view.owner_name, view.query, view.shared = by.name[:150], query, shared
    view.full_clean()
    view.save()
    _record(by, view, saved=view.name)
    return view


@transaction.atomic
def remove_view(*, by: Principal, view: SavedView) -> None:
    _record(by, view, deleted=view.name)
    view.delete()


def _record(by: Principal, view: SavedView, **details: object) -> None:
    """Only what others see of it; one's own views are like a choice of colours."""
    if view.shared:
        audit.record(
            by=by,
            action=actions.TENANT_WRITE,
            scope=view.tenant.scope,
            tenant_id=view.tenant_id,
            details={"audit_view": str(view.id), **details},
        )
