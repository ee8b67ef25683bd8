"""What the replay is asked for. In: an address's query. Out: a stretch of a log, a screen, a longest pause; bounded."""

from typing import Any

from django import forms

from consoles.diagnostics.forms import LAST, OFFSET
from consoles.diagnostics.reading import Ported
from consoles.reviewing.recording import SEGMENT

SIZES = [(80, 24), (80, 25), (100, 30), (132, 43)]
DAY = 24 * 60 * 60 * 1000


class Range(Ported):
    """Its fields' names are the words of the address bar; what is not said is the whole log."""

    session = forms.UUIDField(required=False)
    to = forms.IntegerField(**OFFSET)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["from"] = forms.IntegerField(**OFFSET)  # a word of Python's own


class Recorded(Range):
    """`idle`: the longest pause in milliseconds, 0 for pauses as they were."""

    idle = forms.IntegerField(required=False, min_value=0, max_value=DAY)
    size = forms.TypedChoiceField(
        choices=[(f"{columns}x{rows}", "") for columns, rows in SIZES], required=False, empty_value="80x24"
    )

    @property
    def screen(self) -> tuple[int, int]:
        columns, rows = self.cleaned_data["size"].split("x")
        return int(columns), int(rows)


class Segment(Recorded):
    at = forms.IntegerField(min_value=0, max_value=LAST)
    until = forms.IntegerField(min_value=1, max_value=LAST)
    last = forms.BooleanField(required=False)
    since = forms.IntegerField(**OFFSET)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = given.get("from"), given.get("to")
        if start is None or end is None or not 0 <= end - start <= 2 * SEGMENT:
            raise forms.ValidationError("A segment says where it begins and ends.")
        return given


class Sought(Range):
    words = forms.CharField(max_length=200, strip=False)
