from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings

from portal.config.commands import OperatorCommand, Result, Row
from portal.config.reference import grouped, page

PAGE = Path("docs") / "configuration.md"


class Command(OperatorCommand):
    help = "Prints the reference page of all settings, or writes it to docs/configuration.md."
    requires_system_checks: list[str] = []
    writes = False

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/configuration.md instead")

    def act(self, *, write: bool, **options: Any) -> list[Row]:
        if write:
            (settings.BASE_DIR / PAGE).write_text(page(), encoding="utf-8")
        self.written = write
        return [{"group": title, **asdict(one)} for title, members in grouped().items() for one in members]

    def lines(self, result: Result) -> str:
        return f"{PAGE}: {len(result)} settings" if self.written else page()
