"""Takes a JSON object apart. In: the object. Out: values of the kind that was asked for, or a Failed that names the field."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from portal.machines.base import BAD_SPEC, Failed

LONGEST = 2000  # letters of a text


class Fields:
    def __init__(self, found: Any, where: str, folder: Path) -> None:
        self._found, self._where, self._folder = found, where, folder
        self._asked: set[str] = set()
        if not isinstance(found, dict):
            raise Failed(BAD_SPEC, f"{where} is no object")

    def text(self, name: str, default: str = "") -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
            self.wrong(name, f"must be a text of one line and at most {LONGEST} letters")
        return value

    def number(self, name: str, least: int, most: int, default: int | None = None) -> int:
        value = self._take(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(name, f"must be a number from {least} to {most}")
        return value

    def truth(self, name: str, default: bool = False) -> bool:
        value = self._take(name, default)
        if not isinstance(value, bool):
            self.wrong(name, "must be true or false")
        return value

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        value = self._take(name, allowed[0])
        if value not in allowed:
            self.wrong(name, f"must be one of {', '.join(allowed)}")
        return str(value)

    def path(self, name: str) -> Path | None:
        """What is relative lies beside the specification."""
        text = self.text(name)
        return self._folder / text if text else None

    def required_path(self, name: str) -> Path:
        return self.path(name) or self.wrong(name, "is missing")

    def part(self, name: str) -> "Fields | None":
        value = self._take(name, None)
        return None if value is None else Fields(value, f"{self._where}: {name}", self._folder)

    def parts(self, name: str) -> Iterator["Fields"]:
        values = self._take(name, [])
        if not isinstance(values, list):
            self.wrong(name, "must be a list")
        for number, value in enumerate(values, 1):
            yield Fields(value, f"{self._where}: {name} {number}", self._folder)

    def names(self) -> list[str]:
        return list(self._found)

    def all_known(self) -> None:
        unknown = sorted(self._found.keys() - self._asked)
        if unknown:
            self.wrong(unknown[0], "is not known")

    def wrong(self, name: str, why: str) -> NoReturn:
        raise Failed(BAD_SPEC, f"{self._where}: {name} {why}")

    def _take(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        value = self._found.get(name)
        return default if value is None else value
