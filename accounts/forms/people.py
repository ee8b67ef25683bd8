from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.people import username_validator
from accounts.models.tenants import slug_validator


def show_errors(form: forms.Form, error: ValidationError, *, otherwise: str) -> None:
    """What a service found wrong, at the field it belongs to; the rest at the one named."""
    found = error.message_dict if hasattr(error, "error_dict") else {otherwise: error.messages}
    for field, sentences in found.items():
        where = field if field in form.fields else (None if field == NON_FIELD_ERRORS else otherwise)
        for sentence in sentences:
            form.add_error(where, sentence)


class ProfileForm(forms.ModelForm):
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )
    theme = forms.ChoiceField(
        label=_("Theme"),
        required=False,
        choices=[("", _("As the system is set")), ("light", _("Light")), ("dark", _("Dark"))],
    )

    class Meta:
        model = User
        fields = ["display_name", "email", "language", "theme"]


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("Password you have"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters; several words in a row are easy to keep in mind."),
    )


class AccountForm(forms.Form):
    """A new person; used by invitations and, with a tenant in front, by the first administrator."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        validators=[username_validator],
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    display_name = forms.CharField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text=_("At least 10 characters; several words in a row are easy to keep in mind."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            data["username"] = data.get("username", "").strip().lower()
        super().__init__(data, **kwargs)


class FirstAdminForm(AccountForm):
    name = forms.CharField(label=_("Name of your organisation"), max_length=100)
    slug = forms.CharField(
        label=_("Its short name"),
        max_length=63,
        validators=[slug_validator],
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        help_text=_("Such as contoso. People use it to find your organisation's sign-in."),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["name", "slug", "username", "display_name", "email", "password"]
