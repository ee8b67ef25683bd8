from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class SignIn(models.Model):
    """One sign-in of a person in one browser. Ending it ends the browser's session and whatever lives on it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="sign_ins")
    only_tenant = models.ForeignKey("accounts.Tenant", models.CASCADE, null=True)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(auto_now=True)
    mfa_at = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(_("why it ended"), max_length=40, blank=True)

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["user", "ended_at"], name="sign_in_user_open")]


class SignInThrottle(models.Model):
    """Wrong passwords counted by name and by address; `key` is a hash, so that no mistyped password is kept as a name."""

    key = models.CharField(primary_key=True, max_length=64)
    failures = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)
