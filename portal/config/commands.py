"""The base of the operator's commands. In: options. Out: what was done, as lines or as JSON; else one sentence and exit code 1."""

import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, transaction
from django.utils.translation import gettext as _

Row = dict[str, object]
Result = Row | list[Row]
# in a name they would forge lines or steer the terminal
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Refused(CommandError):
    """Django prints the class's name before the sentence."""


class OperatorCommand(BaseCommand):
    """`act`, with the options by name, does it and returns what to show; in one transaction unless `writes` is False."""

    act: Callable[..., Result]
    writes = True
    # what a field is called on the command line, where that is not its name
    called: ClassVar[dict[str, str]] = {}
    _called_from_command_line: bool

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON instead of lines")
        self.options(parser)

    def options(self, parser: ArgumentParser) -> None: ...

    def ask(self, **options: Any) -> Row:
        """What must be typed: asked before the transaction, which would keep everybody else waiting. More options for `act`."""
        return {}

    def lines(self, result: Any) -> str:
        return as_lines(result)

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Whoever reads the result as JSON reads the error as JSON too, on standard error."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not options.get("json") or not self._called_from_command_line:
                raise
            self.stderr.write(json.dumps({"error": str(error)}, ensure_ascii=False), lambda text: text)
            sys.exit(error.returncode)

    def handle(self, **options: Any) -> None:
        options |= self.ask(**options)
        try:
            with transaction.atomic() if self.writes else nullcontext():
                result = self.act(**options)
        except ValidationError as error:
            raise Refused(sentence_of(error, self.called)) from error
        except (OperationalError, ProgrammingError) as error:
            first = str(error).splitlines()[0]
            raise Refused(
                _("The database is not ready (%(problem)s). Run manage.py migrate, or check DATABASE_URL.")
                % {"problem": first}
            ) from error
        text = as_json(result) if options["json"] else self.lines(result)
        if text:
            self.stdout.write(text)


def as_json(result: Result) -> str:
    return json.dumps(result, ensure_ascii=False, indent=2, default=str)


def as_lines(result: Result) -> str:
    if isinstance(result, dict):
        width = max(map(len, result), default=0)
        return "\n".join(
            f"{name.replace('_', ' '):<{width}}  {_cell(value)}".rstrip() for name, value in result.items()
        )
    if not result:
        return _("There is nothing to show.")
    names = list(result[0])
    rows = [
        [name.replace("_", " ") for name in names],
        *([_cell(row[name]) for name in names] for row in result),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(names))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(value))


def sentence_of(error: ValidationError, called: dict[str, str] | None = None) -> str:
    """All that is wrong, each told with its field, or with what that is `called`."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    names = called or {}
    return " ".join(
        message if field == NON_FIELD_ERRORS else f"{names.get(field, field.replace('_', ' '))}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    )


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
