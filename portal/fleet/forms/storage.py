"""What people fill in about storage accounts: where they are, and what opens them."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.fleet.models import ResourceGroup, StorageAccount
from portal.fleet.models.scoped import storage_name
from portal.fleet.models.storage import StorageKind, bucket_name, key_id, region_name

PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
NEVER_SHOWN = {"autocomplete": "new-password", "spellcheck": "false"}


def _where_it_may_be() -> str:
    told = gettext("As in https://s3.eu-central-1.amazonaws.com, without the bucket.")
    if settings.PRODUCTION:
        return told
    plain = gettext(
        "http:// is taken for this very machine alone, and only while the portal is not run in production."
    )
    return f"{told} {plain}"


def told_apart(accounts: "QuerySet[StorageAccount]") -> "QuerySet[StorageAccount]":
    """With what an AccountField says of each."""
    same = StorageAccount.objects.filter(tenant=OuterRef("tenant"), name=OuterRef("name"))
    twins = Exists(same.exclude(pk=OuterRef("pk")))
    return accounts.select_related("resource_group", "subscription").annotate(has_twin=twins)


class AccountField(forms.ModelChoiceField):
    """Its queryset is one of `told_apart`: where two have one name, each is named with where it lies."""

    def label_from_instance(self, obj: Any) -> str:
        said = [f"{obj.subscription.name} › {obj.resource_group.name}"] if obj.has_twin else []
        if obj.kind == StorageKind.UNSUPPORTED:
            said.append(obj.get_kind_display())
        elif obj.kind == StorageKind.S3 and not (obj.last_ok_at or obj.last_error):
            said.append(gettext("not tried yet"))
        return f"{obj.name}: {', '.join(said)}" if said else str(obj.name)


class _Opened(forms.Form):
    key_access = forms.BooleanField(
        label=_("May be opened with its key"),
        required=False,
        initial=True,
        help_text=_("Without it nothing is kept there, and consoles whose logs belong there stay closed."),
    )


class _Place(forms.Form):
    endpoint = forms.CharField(
        label=_("Address of the store"),
        max_length=300,
        help_text=lazy(_where_it_may_be, str)(),
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "url"}),
    )
    region = forms.CharField(
        label=_("Region"),
        max_length=40,
        required=False,
        validators=[region_name],
        help_text=_("Empty where the store has none."),
        widget=forms.TextInput(attrs=PLAIN),
    )
    bucket = forms.CharField(
        label=_("Bucket"),
        max_length=63,
        validators=[bucket_name],
        help_text=_("It is there already: the portal creates none."),
        widget=forms.TextInput(attrs=PLAIN),
    )


class CredentialsForm(forms.Form):
    access_key = forms.CharField(
        label=_("Access key"), max_length=128, validators=[key_id], widget=forms.TextInput(attrs=PLAIN)
    )
    secret = forms.CharField(
        label=_("Secret key"),
        max_length=256,
        strip=False,
        help_text=_("Kept encrypted, and never shown again."),
        widget=forms.PasswordInput(attrs=NEVER_SHOWN),
    )


class _Groups(forms.ModelChoiceField):
    def label_from_instance(self, obj: ResourceGroup) -> str:
        return f"{obj.subscription.name} › {obj.name}"


class _Named(forms.Form):
    group = _Groups(label=_("Resource group"), queryset=ResourceGroup.objects.none(), empty_label=None)
    name = forms.CharField(
        label=_("Name"),
        max_length=24,
        validators=[storage_name],
        help_text=_("3 to 24 lower-case letters and digits."),
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, groups: "QuerySet[ResourceGroup]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        group = self.fields["group"]
        assert isinstance(group, _Groups)  # noqa: S101 - for the type checker
        group.queryset = groups


class LocalForm(_Named):
    """A folder needs no more than a name."""


class BucketForm(CredentialsForm, _Place, _Named):
    field_order = ("group", "name", "endpoint", "region", "bucket", "access_key", "secret")


class LocalSettingsForm(_Opened):
    pass


class BucketSettingsForm(_Opened, _Place):
    field_order = ("endpoint", "region", "bucket", "key_access")
