"""Ends what has an end: role assignments and staff grants. The gate ignores them from the moment on; this tells the live path and the audit."""

from django.db import transaction
from django.utils import timezone

from accounts import actions
from accounts.models import RoleAssignment, StaffGrant
from accounts.principals import Principal
from accounts.services.roles import record_assignment
from accounts.services.tenants import end_staff_grant

BATCH = 500


def end_expired_rights(*, by: Principal) -> int:
    """Returns how many ended. A second run, or one at the same time, finds nothing left to do."""
    now = timezone.now()
    assignments = (
        RoleAssignment.objects.filter(expires_at__lte=now)
        .select_related("role")
        .order_by("expires_at")[:BATCH]
    )
    grants = StaffGrant.objects.filter(ended_at=None, until__lte=now).select_related("staff", "tenant")[
        :BATCH
    ]
    ended = sum(_end_assignment(by, assignment) for assignment in list(assignments))
    for grant in list(grants):
        end_staff_grant(by=by, grant=grant)
        ended += 1
    return ended


@transaction.atomic
def _end_assignment(by: Principal, assignment: RoleAssignment) -> int:
    """Claimed by deleting it only while it is still expired: somebody may have prolonged it a moment ago."""
    claimed, _rows = RoleAssignment.objects.filter(id=assignment.id, expires_at__lte=timezone.now()).delete()
    if not claimed:
        return 0
    record_assignment(by, actions.ASSIGNMENT_DELETE, assignment, expired=True)
    return 1
