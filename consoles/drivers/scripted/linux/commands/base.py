"""What commands are. In: a session and words. Out: text, or an act on the terminal; a failure says its own line."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session

Text = Callable[["Session", list[str], str], str]
Program = Callable[["Session", list[str]], Awaitable[None]]


class Failed(Exception):
    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


class Logout(Exception):
    """The session ends; the text is the last it says."""


def number(words: list[str], default: int, most: int) -> int:
    """The first word that is a number."""
    found = next((word for word in words if word.lstrip("-").isdigit() and len(word) < 12), None)
    return default if found is None else max(0, min(int(found.lstrip("-")), most))
