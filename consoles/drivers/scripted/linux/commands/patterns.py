"""The patterns of grep and sed. In: a pattern and text. Out: whether it is found, or the text changed.

Only ^, $, . and one or two .* mean something, and very long lines are left alone: no pattern that somebody types takes long.
"""

import re

from consoles.drivers.scripted.linux.commands.base import Failed

LINE, REPLACEMENT = 256, 64


def compiled(pattern: str, any_case: bool = False) -> re.Pattern[str]:
    start = "^" if pattern.startswith("^") else ""
    if pattern.count(".*") > (2 if start else 1) or len(pattern) > LINE:
        raise Failed("This pattern is too much for a pretended machine.", 2)
    end = "$" if pattern.endswith("$") and not pattern.endswith("\\$") else ""
    body = pattern[len(start) : len(pattern) - len(end)]
    literal = ".*".join(_literal(part) for part in body.split(".*"))
    return re.compile(start + literal + end, re.IGNORECASE if any_case else 0)


def _literal(text: str) -> str:
    found, escaped = "", False
    for char in text:
        if char == "\\" and not escaped:
            escaped = True
            continue
        found += "." if char == "." and not escaped else re.escape(char)
        escaped = False
    return found


def matches(pattern: str, line: str, any_case: bool = False) -> bool:
    return compiled(pattern, any_case).search(line[:LINE]) is not None


def edited(script: str, text: str) -> str:
    """One command of sed: an address, then s, d or p."""
    address, command = _address(script.strip())
    lines = text.splitlines()
    kept = []
    for number, line in enumerate(lines, 1):
        if _meant(address, number, len(lines), line):
            if command == "d":
                continue
            line = _substituted(command, line)
        kept.append(line)
    return "\n".join(kept) + ("\n" if kept else "")


def _address(script: str) -> tuple[str, str]:
    if script.startswith("/") and "/" in script[1:]:
        end = script.index("/", 1)
        return script[: end + 1], script[end + 1 :].strip()
    end = next((at for at, char in enumerate(script) if not (char.isdigit() or char == "$")), len(script))
    return script[:end], script[end:].strip()


def _meant(address: str, number: int, last: int, line: str) -> bool:
    if address.startswith("/"):
        return matches(address[1:-1], line)
    if address == "$":
        return number == last
    return not address or address == str(number)


def _substituted(command: str, line: str) -> str:
    parts = (
        re.split(rf"(?<!\\){re.escape(command[1:2])}", command[2:])
        if command[:1] == "s" and command[1:]
        else []
    )
    if len(parts) != 3:
        raise Failed(f"sed: -e expression #1: unknown command: `{command[:1]}'")
    pattern, put, flags = parts
    if len(put) > REPLACEMENT or len(line) > LINE:
        return line
    return compiled(pattern).sub(lambda found: _put(put, found[0]), line, count=0 if "g" in flags else 1)


def _put(text: str, found: str) -> str:
    return re.sub(r"\\(.)|&", lambda sign: sign[1] or found, text)
