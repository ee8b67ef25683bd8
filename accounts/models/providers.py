from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.tenants import slug_validator


class IdentityProvider(models.Model):
    """A tenant's own OpenID Connect issuer. Whoever signs in through it acts in that tenant only."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, related_name="identity_providers")
    slug = models.CharField(
        _("short name"),
        max_length=63,
        unique=True,
        validators=[slug_validator],
        error_messages={"unique": _("This name is taken.")},
    )
    name = models.CharField(_("name on the sign-in page"), max_length=100)
    issuer = models.URLField(_("issuer"), max_length=300)
    client_id = models.CharField(_("client id"), max_length=200)
    sealed_client_secret = models.TextField(blank=True)
    allowed_domains = models.JSONField(_("allowed e-mail domains"), default=list, blank=True)
    membership_claim = models.CharField(_("membership claim"), max_length=100, blank=True)
    membership_values = models.JSONField(_("values that admit"), default=list, blank=True)
    counts_as_mfa = models.BooleanField(_("its sign-in counts as multi-factor"), default=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
