"""Holds the design: sizes, import arrows, one gate, and that what the README names exists."""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ["accounts", "portal", "consoles"]
CAP = 250
LONGEST_FUNCTION = 50

NEVER = {
    "accounts": ["portal.fleet", "portal.machines", "portal.arm", "portal.run", "consoles"],
    "portal/config": ["portal.arm", "portal.fleet", "portal.machines", "portal.run", "accounts", "consoles"],
    "portal/fleet": ["consoles", "portal.arm"],
    "portal/machines": ["django", "accounts", "consoles", "portal.fleet", "portal.arm"],
    "portal/run": ["accounts", "consoles", "portal.fleet", "portal.arm"],
    "portal/arm": ["consoles.hub"],
    "consoles/hub": ["django", "accounts", "portal"],
    "consoles/drivers": ["django", "accounts", "portal"],
    "consoles/record": ["django", "accounts", "portal"],
    "consoles": ["portal.arm"],
    "consoles/admission": ["asyncio", "consoles.hub", "consoles.relay"],
    "consoles/relay": ["consoles.consumers", "consoles.wall"],
}
# of what is named second, these folders may import nothing but what is named third
ONLY = [
    ("consoles/hub", "consoles", ["consoles.hub", "consoles.wire", "consoles.drivers", "consoles.record"]),
    ("consoles/drivers", "consoles", ["consoles.drivers", "consoles.wire"]),
    ("consoles/record", "consoles", ["consoles.record"]),
]
# Django's side of consoles knows where hubs are and how to talk to one; lines and drivers are in the hub's process alone
OUTSIDE_THE_HUB = [
    ("consoles.hub", ["consoles.hub.client", "consoles.hub.registry", "consoles.hub.spec"]),
    ("consoles.drivers", ["consoles.drivers.base"]),
]
IN_THE_HUB = (
    "consoles/hub/",
    "consoles/drivers/",
    "consoles/record/",
    "consoles/management/commands/run_hub.py",
)


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_the_cap() -> None:
    long = {relative(path): len(path.read_text().splitlines()) for path in sources(*PACKAGES)}
    assert {name: lines for name, lines in long.items() if lines > CAP} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for path in sources(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{relative(path)}:{node.name} {length}")
    assert long == []


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, packages: Iterable[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in packages)


@pytest.mark.parametrize("folder", NEVER)
def test_imports_point_one_way(folder: str) -> None:
    wrong = [
        f"{relative(path)} imports {name}"
        for path in sources(folder)
        for name in imported(path)
        if within(name, NEVER[folder])
    ]
    assert wrong == []


@pytest.mark.parametrize(("folder", "package", "allowed"), ONLY)
def test_the_hub_stands_alone(folder: str, package: str, allowed: list[str]) -> None:
    wrong = [
        f"{relative(path)} imports {name}"
        for path in sources(folder)
        for name in imported(path)
        if within(name, [package]) and not within(name, allowed)
    ]
    assert wrong == []


@pytest.mark.parametrize(("package", "allowed"), OUTSIDE_THE_HUB)
def test_web_and_jobs_reach_lines_through_the_hub_only(package: str, allowed: list[str]) -> None:
    outside = [path for path in sources(*PACKAGES) if not relative(path).startswith(IN_THE_HUB)]
    names = [(relative(path), name) for path in outside for name in imported(path) if within(name, [package])]
    assert [f"{path} imports {name}" for path, name in names if not within(name, allowed)] == []
    assert names, "it is held of imports that there are"


# what only a decision needs, and the files that may hold it
DECIDES = {
    r"actions\.matches\(": {"accounts/access.py"},
    r"scopes\.ancestors\(": {
        "accounts/access.py",
        "accounts/selectors.py",  # lists what is inherited
        "portal/fleet/selectors.py",  # what is left of where something was
        "portal/fleet/services/holds.py",  # a hold on a thing keeps what lies in it, whoever asks
    },
    r"\.is_superuser\b": set(),
    r"principals\.SYSTEM\b": {"accounts/access.py"},
}


@pytest.mark.parametrize("telltale", DECIDES)
def test_only_the_gate_decides(telltale: str) -> None:
    """Matching a role's patterns, walking up a scope, or making somebody an exception is deciding."""
    found = {relative(path) for path in sources(*PACKAGES) if re.search(telltale, path.read_text())}
    assert found - DECIDES[telltale] == set()
    assert found == DECIDES[telltale], "a telltale that is found nowhere holds nothing"


def test_every_path_the_readme_and_docs_name_exists() -> None:
    missing = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for name in re.findall(
            r"`([\w./-]+\.(?:py|md|txt|toml|json|html|js|css|png|svg))`|\]\(([\w./-]+)\)", page.read_text()
        ):
            path = name[0] or name[1]
            if not path.startswith("var/") and not ((ROOT / path).exists() or (page.parent / path).exists()):
                missing.append(f"{relative(page)}: {path}")
    assert missing == []


def test_templates_hold_nothing_that_the_content_policy_forbids() -> None:
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\son[a-z]+=\"|\sstyle=\"|<style", re.IGNORECASE)
    found = [
        relative(path) for path in (ROOT / "templates").rglob("*.html") if forbidden.search(path.read_text())
    ]
    assert found == []


def test_no_generated_or_vendored_file_is_committed() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert [
        name for name in listed if re.match(r"(var|node_modules|static/vendor)/|.*\.(mo|sqlite3|pyc)$", name)
    ] == []
