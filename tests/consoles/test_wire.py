"""The wire is written once for each side: consoles/wire.py and static/js/console/wire.js say the same."""

import re
from pathlib import Path

from consoles import wire

SCRIPT = (Path(__file__).resolve().parents[2] / "static" / "js" / "console" / "wire.js").read_text()


def table(name: str) -> list[tuple[str, int]]:
    found = re.search(rf"export const {name} = Object\.freeze\(\{{(.*?)\}}\);", SCRIPT, re.DOTALL)
    assert found
    return [
        (word, int(number, 0)) for word, number in re.findall(r"^\s*(\w+): (\w+),$", found[1], re.MULTILINE)
    ]


def limit(name: str) -> int:
    found = re.search(rf"export const {name} = ([\d* KIB]+);", SCRIPT)
    assert found
    factors = found[1].replace("KIB", str(wire.KIB)).split("*")
    product = 1
    for factor in factors:
        product *= int(factor)
    return product


def test_the_opcodes_are_the_same_in_the_same_order() -> None:
    assert table("Op") == [(op.name, op.value) for op in wire.Op]


def test_the_numbers_with_which_sockets_close_are_the_same() -> None:
    assert table("Close") == [(code.name, code.value) for code in wire.Close]


def test_the_limits_that_a_browser_must_know_are_the_same() -> None:
    for name in ("KIB", "MAX_KEYS", "WINDOW"):
        assert limit(name) == getattr(wire, name), name
