"""What every managed thing has: a tenant, a place in the tree of scopes, and a name that ARM's rules allow."""

from abc import abstractmethod
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

resource_name = RegexValidator(
    r"^[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9_])?$",
    _(
        "Use letters, digits and . _ - only, at most 64 of them, starting with a letter or digit and not ending in . or -"
    ),
)
group_name = RegexValidator(
    r"^[\w().-]{0,89}[\w()-]$",
    _("Use letters, digits and . _ - ( ) only, at most 90 of them, not ending in a full stop."),
)
storage_name = RegexValidator(r"^[a-z0-9]{3,24}$", _("Use 3 to 24 lower-case letters and digits."))


class Scoped(models.Model):
    """`scope_key` is the scope in lower case, and is what scopes are compared by. SCOPE_PARENTS: parents, and the kind of their scopes."""

    SCOPE_PARENTS: ClassVar[dict[str, str]] = {}

    tenant = models.ForeignKey("accounts.Tenant", models.PROTECT, related_name="+")
    scope_key = models.CharField(
        max_length=400,
        unique=True,
        blank=True,
        editable=False,
        error_messages={"unique": _("This name is taken here.")},
    )

    class Meta:
        abstract = True

    @property
    @abstractmethod
    def scope(self) -> str: ...

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """A taken scope is told at the field that people fill in: the name."""
        self.scope_key = self.scope.lower()
        try:
            super().full_clean(*args, **kwargs)
        except ValidationError as error:
            messages = error.error_dict
            if "scope_key" in messages:
                messages.setdefault("name", []).extend(messages.pop("scope_key"))
            raise ValidationError(messages) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.scope_key = self.scope.lower()
        super().save(*args, **kwargs)


class Resource(Scoped):
    """A thing in a resource group. PROVIDER_TYPE is its ARM type."""

    SCOPE_PARENTS: ClassVar[dict[str, str]] = {
        "subscription": "subscriptions",
        "resource_group": "resourcegroups",
    }
    PROVIDER_TYPE: ClassVar[str]

    subscription = models.ForeignKey(
        "fleet.Subscription", models.PROTECT, related_name="+", verbose_name=_("subscription")
    )
    resource_group = models.ForeignKey(
        "fleet.ResourceGroup", models.PROTECT, related_name="+", verbose_name=_("resource group")
    )
    name = models.CharField(_("name"), max_length=64, validators=[resource_name])
    location = models.CharField(_("location"), max_length=40, default="local")
    tags = models.JSONField(_("tags"), default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @classmethod
    def scope_of(cls, subscription_id: UUID, group: str, name: str) -> str:
        """The scope of one that is known by the words of the portal's addresses."""
        return f"/subscriptions/{subscription_id}/resourceGroups/{group}/providers/{cls.PROVIDER_TYPE}/{name}"

    @property
    def scope(self) -> str:
        return f"{self.resource_group.scope}/providers/{self.PROVIDER_TYPE}/{self.name}"

    @property
    def address_rules(self) -> list[str]:
        return self.subscription.address_rules
