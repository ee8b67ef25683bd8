from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from accounts.services.credentials import TOKEN_DAYS


class FirstCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the app"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


class PasskeyNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the passkey"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Such as the device it is kept on."),
    )


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What it is for"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    days = forms.IntegerField(
        label=_("Days until it expires"),
        initial=90,
        validators=[
            MinValueValidator(1, _("Choose at least 1 day.")),
            MaxValueValidator(TOKEN_DAYS, _("Choose at most %(limit_value)d days.")),
        ],
    )
