"""What people fill in about forwarding: where the audit log shall go."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.fleet.models.records import ForwardKind

MOST_AUTHORITY = 64 * 1024


class ForwardTargetForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=ForwardKind.choices)
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("Of a syslog receiver: logs.example.com:6514. Of a webhook: https://…"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}),
    )
    authority = forms.CharField(
        label=_("Certificate authority (PEM)"),
        required=False,
        max_length=MOST_AUTHORITY,
        help_text=_("Only for syslog, where its certificate comes from an authority of your own."),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )
