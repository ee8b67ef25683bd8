from uuid import uuid4

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class RoleDefinition(models.Model):
    """A role is data: patterns of actions it grants, and patterns it leaves out. Built-in when it has no tenant."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey(
        "accounts.Tenant", models.CASCADE, null=True, blank=True, related_name="custom_roles"
    )
    name = models.CharField(_("name"), max_length=100)
    description = models.CharField(_("description"), max_length=300, blank=True)
    actions = models.JSONField(_("actions"), default=list)
    not_actions = models.JSONField(_("excluded actions"), default=list, blank=True)
    data_actions = models.JSONField(_("data actions"), default=list, blank=True)
    not_data_actions = models.JSONField(_("excluded data actions"), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                name="one_role_name_per_tenant",
                violation_error_message=_("This name is taken."),
            )
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Built-in roles are named in the reader's language; what a tenant wrote stays as written."""
        return gettext(self.name) if self.is_built_in else self.name

    @property
    def meaning(self) -> str:
        return gettext(self.description) if self.is_built_in and self.description else self.description

    @property
    def is_built_in(self) -> bool:
        return self.tenant_id is None


class PrincipalKind(models.TextChoices):
    USER = "User", _("user")
    GROUP = "Group", _("group")
    SERVICE_PRINCIPAL = "ServicePrincipal", _("service principal")


class RoleAssignmentQuerySet(QuerySet["RoleAssignment"]):
    def live(self) -> "RoleAssignmentQuerySet":
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class RoleAssignment(models.Model):
    """principal × role × scope. `scope_key` is the scope in lower case: ARM paths compare without case."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="assignments")
    principal_kind = models.CharField(max_length=20, choices=PrincipalKind)
    principal_id = models.UUIDField()
    role = models.ForeignKey(RoleDefinition, models.PROTECT, related_name="assignments")
    scope = models.CharField(max_length=400)
    scope_key = models.CharField(max_length=400, db_index=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    granted_by_id = models.UUIDField(null=True, blank=True)
    granted_by_name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal_id", "role", "scope_key"], name="one_assignment_of_a_role_at_a_scope"
            )
        ]
        indexes = [models.Index(fields=["principal_id", "scope_key"], name="assignment_principal_scope")]
        ordering = ["scope_key", "id"]

    @property
    def is_live(self) -> bool:
        return self.expires_at is None or self.expires_at > timezone.now()

    def save(self, *args: object, **kwargs: object) -> None:
        self.scope_key = self.scope.lower()
        super().save(*args, **kwargs)  # type: ignore[arg-type]
