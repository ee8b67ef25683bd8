"""Keys by QEMU's names, as libvirt wants them. In: ctrl alt delete. Out: the numbers of Linux's input layer."""

from collections.abc import Sequence

from portal.machines.base import CANNOT, Failed

# each row of a keyboard is counted through
ROWS = {2: "1234567890", 16: "qwertyuiop", 30: "asdfghjkl", 44: "zxcvbnm"}
NAMED = {
    "esc": 1,
    "backspace": 14,
    "tab": 15,
    "ret": 28,
    "ctrl": 29,
    "shift": 42,
    "alt": 56,
    "spc": 57,
    "f11": 87,
    "f12": 88,
    "sysrq": 99,
    "home": 102,
    "up": 103,
    "pgup": 104,
    "left": 105,
    "right": 106,
    "end": 107,
    "down": 108,
    "pgdn": 109,
    "insert": 110,
    "delete": 111,
}
CODES = {
    **{key: first + place for first, row in ROWS.items() for place, key in enumerate(row)},
    **{f"f{number}": 58 + number for number in range(1, 11)},
    **NAMED,
}


def codes(keys: Sequence[str]) -> list[int]:
    unknown = [key for key in keys if key not in CODES]
    if unknown:
        raise Failed(CANNOT, f"there is no key named {unknown[0]}")
    return [CODES[key] for key in keys]
