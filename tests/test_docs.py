"""What the README tells people to type works, as typed, on what its first command leaves behind."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def demonstration(tmp_path: Path, database: Path) -> dict[str, str]:
    environment = {**os.environ, "HOMEPORT_VAR": str(tmp_path)}
    environment.pop("DATABASE_URL", None)
    addresses = ["--http", "http://localhost:8000", "--https", "https://localhost:8443", "--ca", "ca.pem"]
    shutil.copy(database, tmp_path)
    subprocess.run(
        [sys.executable, "manage.py", "demo_create", *addresses],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    return environment


def commands(page: Path) -> list[list[str]]:
    blocks = re.findall(r"^    \.venv/bin/python (manage\.py (?:.*\\\n)*.*)$", page.read_text(), re.MULTILINE)
    return [shlex.split(block.replace("\\\n", " ")) for block in blocks]


def test_the_readme_names_the_targets_that_the_makefile_has() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"^    make ([a-z]+)$", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert named == ["run", "test"]
    assert set(named) <= set(targets)


def test_ci_runs_what_the_readme_tells_people_to_run() -> None:
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_the_commands_of_the_readme_work_as_typed(demonstration: dict[str, str]) -> None:
    found = commands(ROOT / "README.md")
    assert any("vm_add" in command for command in found)
    for command in found:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=demonstration,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
