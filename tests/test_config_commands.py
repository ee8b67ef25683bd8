import json
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.conf import settings

from portal.config import logs
from portal.config.reference import page
from tests.accounts.test_commands import refused, run


def test_docs_configuration_is_what_the_settings_say() -> None:
    written = (settings.BASE_DIR / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert written == page(), "Run: manage.py config_reference --write"


PO = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Sign in"\nmsgstr "%s"\n'


def test_it_compiles_only_catalogues_that_changed(tmp_path: Path, settings: Any) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    for language, text in (("fr", "Se connecter"), ("nl", "Aanmelden")):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(PO % text, encoding="utf-8")
    assert run("compile_catalogues") == {"compiled": ["fr", "nl"], "unchanged": 0}
    assert run("compile_catalogues") == {"compiled": [], "unchanged": 2}
    changed = tmp_path / "nl" / "LC_MESSAGES" / "django.po"
    changed.write_text(PO % "Inloggen", encoding="utf-8")
    assert run("compile_catalogues") == {"compiled": ["nl"], "unchanged": 1}
    assert b"Inloggen" in changed.with_suffix(".mo").read_bytes()


def test_it_names_a_catalogue_that_cannot_be_read(tmp_path: Path, settings: Any) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid "never closed\n', encoding="utf-8")
    assert "django.po cannot be read" in refused("compile_catalogues")
    assert not (folder / "django.mo").exists()


def test_log_lines_stay_out_of_what_commands_print(capsys: pytest.CaptureFixture[str]) -> None:
    configured = structlog.get_config()
    logs.configure("json")
    structlog.get_logger("tests").warning("event_not_sent", kind="access.changed")
    structlog.configure(**configured)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert json.loads(printed.err)["event"] == "event_not_sent"
