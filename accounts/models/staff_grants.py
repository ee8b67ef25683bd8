from uuid import uuid4

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class StaffGrantQuerySet(QuerySet["StaffGrant"]):
    def live(self) -> "StaffGrantQuerySet":
        now = timezone.now()
        return self.filter(
            ended_at=None, starts_at__lte=now, until__gt=now, staff__is_active=True, staff__is_staff=True
        )


class StaffGrant(models.Model):
    """The only way for platform staff into a tenant: one person, one role, a reason, an end; the tenant sees it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    staff = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="staff_grants", verbose_name=_("staff member")
    )
    tenant = models.ForeignKey(
        "accounts.Tenant", models.CASCADE, related_name="staff_grants", verbose_name=_("tenant")
    )
    role = models.ForeignKey("accounts.RoleDefinition", models.PROTECT, verbose_name=_("role"))
    reason = models.CharField(_("reason"), max_length=300)
    starts_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(null=True, blank=True)
    granted_by_name = models.CharField(max_length=150)

    objects = StaffGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at"]
        verbose_name = _("staff grant")
        verbose_name_plural = _("staff grants")

    def __str__(self) -> str:
        return f"{self.staff} → {self.tenant}"

    @property
    def is_live(self) -> bool:
        return self.ended_at is None and self.starts_at <= timezone.now() < self.until
