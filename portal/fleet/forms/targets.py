"""What people fill in about targets: where alerts, and where the audit log, shall go."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.invitations import has_mail_server
from portal.fleet.models import AlertKind, ForwardKind

MOST_AUTHORITY = 64 * 1024
AS_TYPED = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}


class AlertTargetForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=AlertKind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Of a webhook: https://… Of a mailbox: name@example.com"),
        widget=forms.TextInput(attrs=AS_TYPED),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_mail_server():
            kind = self.fields["kind"]
            assert isinstance(kind, forms.ChoiceField)  # noqa: S101 - for the type checker
            kind.choices = [(AlertKind.WEBHOOK.value, AlertKind.WEBHOOK.label)]
            kind.help_text = _("This portal has no mail server, so there is no e-mail.")


class ForwardTargetForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ForwardKind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Of a syslog receiver: logs.example.com:6514. Of a webhook: https://…"),
        widget=forms.TextInput(attrs=AS_TYPED),
    )
    authority = forms.CharField(
        label=_("Certificate authority (PEM)"),
        required=False,
        max_length=MOST_AUTHORITY,
        help_text=_("Only for syslog, where its certificate comes from an authority of your own."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )
