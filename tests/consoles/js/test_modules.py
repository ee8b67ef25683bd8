"""The page's modules that need no browser, tested by Node's own runner; each file beside this one speaks of one module."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from portal.run.install.programs import Node
from portal.run.install.python import Environment

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy that says what older Nodes must be told: these files are modules."""
    folder = tmp_path_factory.mktemp("modules")
    for part in ("console", "diagnostics", "machine", "replay"):
        shutil.copytree(ROOT / "static" / "js" / part, folder / part)
    (folder / "package.json").write_text(json.dumps({"type": "module"}))
    return folder


def node() -> str:
    return shutil.which("node") or str(Node(Environment(ROOT)).npm()[0])


def node_says(modules: Path, test: Path) -> None:
    (modules / "tests").mkdir(exist_ok=True)
    shutil.copy(test, modules / "tests")
    told = subprocess.run(
        [node(), "--test", f"tests/{test.name}"], cwd=modules, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.mjs")))
def test_it_does_what_its_tests_claim(modules: Path, name: str) -> None:
    node_says(modules, HERE / name)
