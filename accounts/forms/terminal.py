from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

USUAL: dict[str, Any] = {"size": 14, "family": "", "theme": "system", "screen_reader": False}
LEAST, MOST = 8, 40

# all of them tell 0 from O and 1 from l; the page offers those that the device has
FAMILIES = [
    "JetBrains Mono",
    "Cascadia Mono",
    "DejaVu Sans Mono",
    "Fira Code",
    "Fira Mono",
    "Hack",
    "IBM Plex Mono",
    "Source Code Pro",
    "Ubuntu Mono",
    "Liberation Mono",
    "Noto Sans Mono",
    "Menlo",
    "Consolas",
]


class TerminalForm(forms.Form):
    """How the terminal looks to one person, on every console."""

    size = forms.IntegerField(label=_("Font size"), min_value=LEAST, max_value=MOST)
    family = forms.ChoiceField(
        label=_("Font"),
        required=False,
        choices=[("", _("The first one your device has")), *((name, name) for name in FAMILIES)],
    )
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[
            ("system", _("As the page: light or dark")),
            ("light", _("Light")),
            ("dark", _("Dark")),
            ("contrast", _("High contrast")),
            ("green", _("Green")),
        ],
    )
    screen_reader = forms.BooleanField(
        label=_("For screen readers: read out what is printed"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "looks-%s")
        super().__init__(*args, **kwargs)

    @property
    def usual_size(self) -> int:
        return int(USUAL["size"])
