"""What people fill in about storage accounts: where they are, and what opens them."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from portal.fleet.models import ResourceGroup
from portal.fleet.models.scoped import storage_name
from portal.fleet.models.storage import bucket_name, key_id, region_name

PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
NEVER_SHOWN = {"autocomplete": "new-password", "spellcheck": "false"}


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
        help_text=_("As in https://s3.eu-central-1.amazonaws.com, without the bucket."),
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
