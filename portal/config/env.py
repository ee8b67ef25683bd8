"""Reads settings from the environment, rejects nonsense with a sentence, and remembers each for the reference page.

In: environment variables, and files named by `<NAME>_FILE` for secrets. Out: typed values, and REGISTRY for docs/configuration.md.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")
TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True)
class Setting:
    name: str
    kind: str
    default: str
    help: str


REGISTRY: dict[str, Setting] = {}


def _read(name: str, kind: str, default: T, help: str, parse: Callable[[str], T]) -> T:
    REGISTRY[name] = Setting(name, kind, _shown(default), help)
    raw = os.environ.get(name)
    return default if raw is None else parse(raw.strip())


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "1" if default else "0"
    return ",".join(default) if isinstance(default, list) else str(default)


def text(name: str, default: str, help: str, *, shown: str | None = None) -> str:
    value = _read(name, "text", default, help, str)
    if shown is not None:
        REGISTRY[name] = Setting(name, "text", shown, help)
    return value


def choice(name: str, choices: list[str], help: str) -> str:
    """One of a few words; the first is what it is when nothing is set."""

    def parse(raw: str) -> str:
        if raw in choices:
            return raw
        raise ImproperlyConfigured(f"{name} must be {' or '.join(choices)}, and is {raw!r}.")

    return _read(name, " or ".join(choices), choices[0], help, parse)


def flag(name: str, default: bool, help: str) -> bool:
    def parse(raw: str) -> bool:
        if raw.lower() in TRUE | FALSE:
            return raw.lower() in TRUE
        raise ImproperlyConfigured(f"{name} must be 1 or 0, and is {raw!r}.")

    return _read(name, "1 or 0", default, help, parse)


def number(name: str, default: int, help: str, *, at_least: int = 0) -> int:
    def parse(raw: str) -> int:
        if raw.isdigit() and int(raw) >= at_least:
            return int(raw)
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {at_least}, and is {raw!r}.")

    return _read(name, "number", default, help, parse)


def words(name: str, default: list[str], help: str) -> list[str]:
    def parse(raw: str) -> list[str]:
        return [word.strip() for word in raw.split(",") if word.strip()]

    return _read(name, "list, by commas", default, help, parse)


def networks(name: str, help: str) -> list[IPv4Network | IPv6Network]:
    def parse(raw: str) -> list[IPv4Network | IPv6Network]:
        try:
            return [ip_network(word.strip()) for word in raw.split(",") if word.strip()]
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} must be networks such as 10.1.0.0/16: {error}.") from error

    return _read(name, "list, by commas", [], help, parse)


def secret(name: str, help: str) -> str:
    """The value itself, or the content of the file that `<name>_FILE` points to; empty when neither is set."""
    REGISTRY[name] = Setting(name, f"secret (or {name}_FILE)", "", help)
    path = os.environ.get(f"{name}_FILE")
    if not path:
        return os.environ.get(name, "").strip()
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror} ({path}).") from error
