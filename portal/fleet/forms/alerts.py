"""What people fill in about alerts: where they shall go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.invitations import has_mail_server
from portal.fleet.models.alerts import AlertKind


class AlertTargetForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=AlertKind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Of a webhook: https://… Of a mailbox: name@example.com"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_mail_server():
            kind = self.fields["kind"]
            assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
            kind.choices = [(AlertKind.WEBHOOK.value, AlertKind.WEBHOOK.label)]
            kind.help_text = _("This portal has no mail server, so there is no e-mail.")
