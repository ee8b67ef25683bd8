from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.fleet.models.scoped import Resource


class ScaleSet(Resource):
    """A set of like machines; each instance is a VirtualMachine row with its number in the set."""

    PROVIDER_TYPE: ClassVar[str] = "Microsoft.Compute/virtualMachineScaleSets"

    size = models.CharField(_("size"), max_length=40, blank=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("scale set")
        verbose_name_plural = _("scale sets")
