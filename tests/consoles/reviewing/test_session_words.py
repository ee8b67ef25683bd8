"""Every word that a session may end with is known to people, on its own page and in the audit."""

import re
from pathlib import Path

from django.utils import translation

from accounts.models import AuditEntry
from consoles.admission.answers import ENDS as REFUSALS
from consoles.admission.handshake import VIAS
from consoles.relay.watching import ENDS as TIMES
from portal.fleet.review.facts import facts
from portal.fleet.review.session_words import ENDS, VIA

CONSOLES = Path(__file__).resolve().parents[3] / "consoles"
ENDED = re.compile(
    r'Ended\((?:None|Close\.(\w+))(?:, "(\w+)"(?: if [^\n]* else "(\w+)")?)?'
    r'|(?:end_(?:session|from_elsewhere)\b[^)]*?|\bending, )code="(\w+)"'
)
STAYS = re.compile(r"Refusal\(Close\.(\w+)")


def sources() -> dict[str, str]:
    return {str(path.relative_to(CONSOLES)): path.read_text() for path in CONSOLES.rglob("*.py")}


def ends() -> set[str]:
    """As the source says them: a word of its own, or else that of the number its socket closes with."""
    found = sources()
    told = [hit for text in found.values() for hit in ENDED.findall(text)]
    words = {word or code or close.lower() for close, word, _other, code in told}
    words |= {other for _close, _word, other, _code in told if other}
    words |= {close.lower() for close in STAYS.findall(found["admission/staying.py"])}
    return words | {close.name.lower() for close in (*REFUSALS.values(), *TIMES.values())}


def test_none_of_the_words_for_an_end_is_missing() -> None:
    found = ends()
    assert {"left", "dropped", "lost", "ended", "replaced", "failed", "restarting", "gone", "idle"} <= found
    assert found - ENDS.keys() == set()
    assert set(VIAS) - VIA.keys() == set()


def test_the_audit_says_the_same_as_the_session() -> None:
    with translation.override("en"):
        for code, words in ENDS.items():
            told = facts(AuditEntry(details={"why": code, "via": "window"}))
            assert [str(fact.value) for fact in told] == ["own window", str(words)]
