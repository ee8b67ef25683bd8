from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.fleet.models.scoped import Resource, storage_name

bucket_name = RegexValidator(
    r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", _("Use 3 to 63 lower-case letters, digits, dots and hyphens.")
)
region_name = RegexValidator(r"^[a-z0-9-]*$", _("Use lower-case letters, digits and hyphens."))
key_id = RegexValidator(r"^[!-~]+$", _("An access key is of letters, digits and signs, without spaces."))


class StorageKind(models.TextChoices):
    MANAGED = "managed", _("managed (this portal's own disk)")
    LOCAL = "local", _("folder on disk")
    S3 = "s3", _("S3-compatible store")
    UNSUPPORTED = "premium", _("premium (cannot hold boot diagnostics)")


class StorageAccount(Resource):
    """Where logs of boot diagnostics are kept. Its network rules are about people; the portal itself writes and reads there all the same."""

    PROVIDER_TYPE: ClassVar[str] = "Microsoft.Storage/storageAccounts"

    name = models.CharField(_("name"), max_length=24, validators=[storage_name])
    kind = models.CharField(_("kind"), max_length=10, choices=StorageKind, default=StorageKind.LOCAL)
    default_action = models.CharField(
        _("network access by default"),
        max_length=5,
        choices=[("Allow", _("allow")), ("Deny", _("deny"))],
        default="Allow",
    )
    allowed_addresses = models.JSONField(_("allowed addresses"), default=list, blank=True)
    endpoint = models.CharField(_("address of the store"), max_length=300, blank=True)
    region = models.CharField(_("region"), max_length=40, blank=True, validators=[region_name])
    bucket = models.CharField(_("bucket"), max_length=63, blank=True, validators=[bucket_name])
    access_key = models.CharField(_("access key"), max_length=128, blank=True, validators=[key_id])
    sealed_secret = models.TextField(blank=True)
    key_access = models.BooleanField(_("may be opened with its key"), default=True)
    # how it answered last: `last_error` is a code of portal/fleet/stores/base.py
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("storage account")
        verbose_name_plural = _("storage accounts")
