"""What a scripted:// URL says. In: the URL. Out: script, machine name and numbers, or the Trouble that names what is wrong."""

import math
import re
from collections.abc import Container
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

from consoles.drivers.base import BAD_URL, Trouble

NUMBERS = {"speed", "rate", "chunk", "timeout"}
WORDS = {"system": ("debian", "ubuntu", "rhel"), "sac": ("on", "off")}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
LINE_RATE = 11520.0  # 115,200 baud with a start and a stop bit


@dataclass(frozen=True)
class Options:
    """`speed` divides every pause, 0 leaves them out; `rate` is in bytes a second: 0 has no limit, None is the script's own."""

    script: str
    name: str = "guest"
    speed: float = 1.0
    rate: float | None = None
    chunk: int = 0
    timeout: float | None = None
    system: str = "debian"
    sac: str = "on"


def parse(url: str, known: Container[str], names: str) -> Options:
    parts = urlsplit(url)
    if parts.netloc not in known:
        _refuse(f"there is no script {parts.netloc!r}; the scripts are {names}")
    name = unquote(parts.path).strip("/") or "guest"
    if not NAME.fullmatch(name):
        _refuse(f"{name!r} is no name of a machine")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(given.keys() - NUMBERS - WORDS.keys())
    if unknown:
        _refuse(
            f"there is no option {unknown[0]!r}; the options are {', '.join(sorted(NUMBERS | WORDS.keys()))}"
        )
    numbers = {key: _number(key, value) for key, value in given.items() if key in NUMBERS}
    words = {key: _word(key, value) for key, value in given.items() if key in WORDS}
    return _options(parts.netloc, name, numbers, words)


def _options(script: str, name: str, numbers: dict[str, float], words: dict[str, str]) -> Options:
    return Options(
        script,
        name,
        speed=numbers.get("speed", 1.0),
        rate=numbers.get("rate"),
        chunk=int(numbers.get("chunk", 0)),
        timeout=numbers.get("timeout"),
        system=words.get("system", "debian"),
        sac=words.get("sac", "on"),
    )


def _number(key: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        _refuse(f"{key}={text!r} is no number")
    if not (math.isfinite(value) and 0 <= value <= 1e12):
        _refuse(f"{key}={text!r} is out of range")
    return value


def _word(key: str, text: str) -> str:
    if text not in WORDS[key]:
        _refuse(f"{key}={text!r} is none of {', '.join(WORDS[key])}")
    return text


def _refuse(reason: str) -> NoReturn:
    raise Trouble(BAD_URL, reason)
