"""Forms of the directory pages: what is typed about people, groups, service principals and the tenant itself."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later

from accounts.directory import members_of, open_invitations
from accounts.models import Group, IdentityProvider, RoleDefinition, ServicePrincipal, Tenant

LINES = {"rows": 3, "spellcheck": "false", "autocapitalize": "off"}


class Lines(forms.CharField):
    """A list of words, one per line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.Textarea(attrs=LINES), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(line.strip() for line in str(value or "").splitlines() if line.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(data) != list(initial or [])


class InviteForm(forms.Form):
    email = forms.EmailField(
        label=_later("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    role = forms.ModelChoiceField(
        RoleDefinition.objects.none(),
        label=_later("Role in the whole tenant"),
        required=False,
        empty_label=_later("none: roles are given later"),
        help_text=_later("Assigned when the invitation is accepted."),
    )

    def __init__(self, *args: Any, tenant: Tenant, may_assign: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant
        if may_assign:
            field: forms.ModelChoiceField = self.fields["role"]  # type: ignore[assignment]
            field.queryset = RoleDefinition.objects.filter(Q(tenant=None) | Q(tenant=tenant))
        else:
            del self.fields["role"]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        if members_of(self.tenant).filter(email__iexact=email).exists():
            raise ValidationError(_("Somebody with this address is in the tenant already."))
        if open_invitations(self.tenant).filter(email__iexact=email).exists():
            raise ValidationError(_("This address has an open invitation. Revoke it first to send another."))
        return email


class GroupForm(forms.ModelForm):
    class Meta:
        model = Group
        fields = ["name", "description"]

    def clean_name(self) -> str:
        """The tenant is no field of the form, so Django does not compare names within it."""
        name: str = self.cleaned_data["name"]
        if Group.objects.filter(tenant=self.instance.tenant, name=name).exclude(id=self.instance.id).exists():
            raise ValidationError(_("There is a group of this name already."))
        return name


class ServicePrincipalForm(forms.ModelForm):
    class Meta:
        model = ServicePrincipal
        fields = ["name"]
        help_texts = {"name": _later("What the program is for, as in “nightly backup”.")}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if ServicePrincipal.objects.filter(tenant=self.instance.tenant, name=name).exists():
            raise ValidationError(_("There is a service principal of this name already."))
        return name


class SecretForm(forms.Form):
    days = forms.TypedChoiceField(
        label=_later("It expires after"),
        coerce=int,
        initial=180,
        choices=[
            (30, _later("30 days")),
            (90, _later("90 days")),
            (180, _later("180 days")),
            (365, _later("one year")),
        ],
    )


class TenantForm(forms.ModelForm):
    mfa_max_age_minutes = forms.IntegerField(
        label=_later("Ask for the second factor again after (minutes)"),
        min_value=5,
        max_value=43_200,
        help_text=_later(
            "From 5 minutes to 43,200 (30 days). It counts where multi-factor sign-in is required."
        ),
    )

    class Meta:
        model = Tenant
        fields = ["name", "require_mfa", "mfa_max_age_minutes"]


class ProviderForm(forms.ModelForm):
    issuer = forms.URLField(
        label=_later("Issuer"),
        max_length=300,
        assume_scheme="https",
        help_text=_later("Starts with https://; the discovery document lies below it."),
    )
    client_secret = forms.CharField(
        label=_later("Client secret"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_later("Kept sealed and never shown again. Leave it empty to keep the present one."),
    )
    allowed_domains = Lines(
        label=_later("Allowed e-mail domains"),
        help_text=_later(
            "One per line. Nobody gets in without a verified address there. Empty: any address."
        ),
    )
    membership_values = Lines(
        label=_later("Values that admit"),
        help_text=_later("One per line; any of them makes the person a member."),
    )

    class Meta:
        model = IdentityProvider
        fields = [
            "name",
            "slug",
            "issuer",
            "client_id",
            "client_secret",
            "allowed_domains",
            "membership_claim",
            "membership_values",
            "counts_as_mfa",
        ]
        help_texts = {
            "slug": _later("Part of the sign-in address: lower-case letters, digits and hyphens."),
            "membership_claim": _later(
                "A claim such as “groups”: people who bring one of the values below become members by themselves. Empty: only people invited before get in."
            ),
            "counts_as_mfa": _later("Only if the issuer itself always asks for a second factor."),
        }

    def clean_allowed_domains(self) -> list[str]:
        domains = [domain.lower().removeprefix("@") for domain in self.cleaned_data["allowed_domains"]]
        for domain in domains:
            if "." not in domain or "/" in domain or " " in domain or "@" in domain:
                raise ValidationError(
                    _("%(entry)s is no domain. Write it as in example.com.") % {"entry": domain}
                )
        return domains

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("membership_claim") and not data.get("membership_values"):
            self.add_error("membership_values", _("Which values of the claim admit? Enter at least one."))
        if data.get("membership_values") and not data.get("membership_claim"):
            self.add_error("membership_claim", _("Which claim holds these values?"))
        return data
