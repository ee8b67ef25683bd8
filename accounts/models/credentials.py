from uuid import uuid4

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SecretQuerySet(QuerySet["ServicePrincipalSecret"]):
    def live(self) -> "SecretQuerySet":
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))


class ServicePrincipalSecret(models.Model):
    """Shown once, kept as a hash; two may be live at a time, so that a secret can be rotated without an outage."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    service_principal = models.ForeignKey("accounts.ServicePrincipal", models.CASCADE, related_name="secrets")
    secret_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = SecretQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]


class TokenQuerySet(QuerySet["ApiToken"]):
    def live(self) -> "TokenQuerySet":
        return self.filter(revoked_at=None, expires_at__gt=timezone.now())


class ApiToken(models.Model):
    """A bearer token: made by a person for their own programs, or given out by the token endpoint to a service principal."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="api_tokens")
    user = models.ForeignKey(
        "accounts.User", models.CASCADE, null=True, blank=True, related_name="api_tokens"
    )
    service_principal = models.ForeignKey(
        "accounts.ServicePrincipal", models.CASCADE, null=True, blank=True, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=100, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    mfa_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, service_principal__isnull=False)
                | Q(user__isnull=False, service_principal=None),
                name="token_belongs_to_one_principal",
            )
        ]
        ordering = ["-created_at"]


class Passkey(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="passkeys")
    name = models.CharField(_("name"), max_length=60)
    credential_id = models.BinaryField(unique=True, max_length=1023)
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
