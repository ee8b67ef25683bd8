from uuid import UUID, uuid4

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

slug_validator = RegexValidator(
    r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
    _("Use lower-case letters, digits and hyphens, at most 63 of them."),
)


class Tenant(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.CharField(
        _("short name"),
        max_length=63,
        unique=True,
        validators=[slug_validator],
        error_messages={"unique": _("This name is taken.")},
    )
    is_active = models.BooleanField(_("active"), default=True)
    require_mfa = models.BooleanField(_("require multi-factor sign-in"), default=False)
    mfa_max_age_minutes = models.PositiveIntegerField(_("ask again after (minutes)"), default=720)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")

    def __str__(self) -> str:
        return self.name

    @property
    def tenant_id(self) -> UUID:
        """A tenant is a resource of itself, so that the gate can be asked about it like about anything else."""
        return self.id

    @property
    def scope(self) -> str:
        return f"/tenants/{self.id}"


class Membership(models.Model):
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="memberships")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "user"], name="one_membership_per_tenant")]
        ordering = ["user__display_name", "id"]


class Invitation(models.Model):
    """A one-time link, kept as a hash; `role` and `scope` are assigned when it is accepted."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    role = models.ForeignKey("accounts.RoleDefinition", models.CASCADE, null=True, blank=True)
    scope = models.CharField(max_length=400, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by_id = models.UUIDField(null=True, blank=True)
    invited_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
