from django.db import models


class RecoveryCode(models.Model):
    """One of ten codes for the day the phone is lost; kept as a keyed hash, worth one sign-in."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="one_recovery_code_per_hash")
        ]


class FirstAdminLink(models.Model):
    """The one-time link by which an empty installation gets its first tenant and owner; kept as a hash."""

    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
