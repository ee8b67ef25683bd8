"""Every sentence a person can meet exists in every language, with its placeholders, and none is left from an older text."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = [code for code, _ in settings.LANGUAGES if code != "en"]
PLACEHOLDER = re.compile(r"%\([^)]*\)[sd]|%[sd]|\{[a-z_]+\}|</?(?:a|b|br|code|em|span|strong)[ />]")


def catalogue(root: Path, language: str) -> Catalog:
    with (root / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language)


def entries(found: Catalog) -> dict[tuple[str, str | None], Message]:
    return {(key(message), message.context): message for message in found if message.id}


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are now, gathered anew by Django in a copy."""
    copy = tmp_path_factory.mktemp("sources")
    for folder in ("accounts", "consoles", "portal", "templates", "locale", "static/js"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    command = [sys.executable, str(ROOT / "manage.py"), "makemessages", "--all", "--no-wrap"]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    return copy


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_in_the_sources_is_in_the_catalogue(gathered: Path, language: str) -> None:
    wanted, kept = entries(catalogue(gathered, language)), entries(catalogue(ROOT, language))
    assert sorted(text for text, _ in wanted.keys() - kept.keys()) == []
    assert sorted(text for text, _ in kept.keys() - wanted.keys()) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_placeholders(language: str) -> None:
    wrong = []
    for message in entries(catalogue(ROOT, language)).values():
        source = message.id if isinstance(message.id, str) else message.id[-1]
        forms = [message.string] if isinstance(message.string, str) else list(message.string)
        complete = all(forms) and not message.fuzzy
        if not complete or sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(forms[-1])):
            wrong.append(key(message))
    assert wrong == []
