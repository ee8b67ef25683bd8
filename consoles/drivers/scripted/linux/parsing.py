"""What a shell makes of a line. In: the line. Out: commands with where their output goes."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+|\?))")
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
DOLLAR = "\x00"
ENDS = {";", "&&", "||", "|"}


class Unfinished(Exception):
    """A quote that was not closed."""


@dataclass
class Command:
    """`then` is the sign that follows it."""

    words: list[str] = field(default_factory=list)
    target: str = ""
    append: bool = False
    then: str = ";"


def commands(line: str) -> list[Command]:
    lexer = shlex.shlex(_protected(line), posix=True, punctuation_chars=";&|>")
    lexer.whitespace_split = True
    lexer.commenters = "#" if line.lstrip().startswith("#") or " #" in _unquoted(line) else ""
    try:
        tokens = list(lexer)
    except ValueError as broken:
        raise Unfinished from broken
    return _grouped(tokens)


def _unquoted(line: str) -> str:
    return QUOTED.sub("", line)


def _protected(line: str) -> str:
    """Between single quotes a dollar is only a dollar."""
    return QUOTED.sub(lambda found: found[0].replace("$", DOLLAR) if found[0][0] == "'" else found[0], line)


def expanded(word: str, variables: Mapping[str, str]) -> str:
    if word == "~" or word.startswith("~/"):
        word = variables.get("HOME", "/") + word[1:]
    filled = VARIABLE.sub(lambda found: variables.get(found[1] or found[2], ""), word)
    return filled.replace(DOLLAR, "$")


def _grouped(given: list[str]) -> list[Command]:
    found = [Command()]
    target = False
    for word in given:
        if word in (">", ">>"):
            target, found[-1].append = True, word == ">>"
        elif target:
            target, found[-1].target = False, word
        elif word in ENDS:
            found[-1].then = word
            found.append(Command())
        else:
            found[-1].words.append(word)
    return [command for command in found if command.words]
