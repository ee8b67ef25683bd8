"""The set-up in a copy of the checkout: what stops it is said in one sentence, what is done is not done again."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.run.install.steps import Stamp
from tests.run.programs import CHECKOUT, needs_mount

COPIED = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-programs.txt",
    "package.json",
    "package-lock.json",
)
NOWHERE = "http://127.0.0.1:9/simple"
NO_INDEX = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": NOWHERE,
    "PIP_EXTRA_INDEX_URL": "",
    "PIP_FIND_LINKS": "",
}
AGED = """
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
runpy.run_module("portal.run.setup", run_name="__main__")
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    root = tmp_path / "checkout"
    for name in ("run", "lab"):
        shutil.copytree(CHECKOUT / "portal" / name, root / "portal" / name)
    (root / "portal" / "__init__.py").write_text("")
    (root / "static").mkdir()
    shutil.copy(CHECKOUT / "static" / "icons.txt", root / "static")
    for name in COPIED:
        shutil.copy(CHECKOUT / name, root)
    return root


def run(root: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if key != "HOMEPORT_VAR"} | environment
    return subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=120)


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_an_old_python_says_what_is_needed_and_what_it_is(copy: Path, tmp_path: Path) -> None:
    done = run(copy, sys.executable, "-c", AGED, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.startswith(
        "homeport: Homeport needs Python 3.11 or newer; this is 3.9.2, and no newer one is on the PATH."
    )
    assert done.stderr.count("\n") == 1


def test_an_old_python_hands_over_to_a_newer_one_that_really_runs(copy: Path, tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3.14", "exit 127")
    program(tmp_path / "bin", "python3.12", '[ "$1" = -c ] || echo "handed over: $*"')
    done = run(copy, sys.executable, "-c", AGED, PATH=str(tmp_path / "bin"))
    assert done.stdout == "handed over: -m portal.run.install\n"


def test_the_first_step_parses_on_old_pythons() -> None:
    for name in ("portal/__init__.py", "portal/run/__init__.py", "portal/run/setup.py"):
        ast.parse((CHECKOUT / name).read_text(), feature_version=(3, 6))


def test_no_network_is_said_in_one_sentence_and_the_log_holds_the_rest(copy: Path) -> None:
    done = run(copy, sys.executable, "-m", "portal.run.setup", **NO_INDEX)
    assert done.returncode == 1
    assert "Installing Python packages" in done.stdout
    assert done.stderr.startswith(
        "homeport: The Python packages could not be installed: the package registry cannot be reached."
    )
    assert done.stderr.count("\n") == 1
    assert "pip install" in (copy / "var" / "log" / "setup.log").read_text()


def test_a_failing_pip_is_said_in_one_sentence(copy: Path) -> None:
    (copy / "requirements.txt").write_text("this is not a requirement\n")
    done = run(copy, sys.executable, "-m", "portal.run.setup", **NO_INDEX)
    assert done.returncode == 1
    log = copy / "var" / "log" / "setup.log"
    assert (
        done.stderr
        == f"homeport: The Python packages could not be installed. The whole output is in {log}.\n"
    )


def test_a_directory_that_cannot_be_written_to_is_named(copy: Path) -> None:
    (copy / "var").write_text("a file where the directory should be")
    done = run(copy, sys.executable, "-m", "portal.run.setup")
    assert done.returncode == 1
    assert done.stderr.startswith(f"homeport: Homeport cannot write to {copy}/var/log (")


@needs_mount
def test_a_read_only_checkout_is_named(copy: Path) -> None:
    mounted = (
        f'mount --bind "{copy}" "{copy}" && mount -o remount,ro,bind "{copy}" && cd "{copy}" && exec "$@"'
    )
    inside = (sys.executable, "-m", "portal.run.setup")
    done = run(copy, "unshare", "--mount", "sh", "-c", mounted, "sh", *inside)
    assert done.returncode == 1
    assert done.stderr.startswith(f"homeport: Homeport cannot write to {copy} (Read-only file system).")


def test_what_is_up_to_date_is_left_alone() -> None:
    setup = (sys.executable, "-m", "portal.run.setup")
    assert run(CHECKOUT, *setup).returncode == 0
    again = run(CHECKOUT, *setup, PATH="/nowhere")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_what_was_installed_is_stale_once_its_pins_change(tmp_path: Path) -> None:
    pins = tmp_path / "requirements.txt"
    pins.write_text("django==5.2.19\n")
    stamp = Stamp(tmp_path / "stamp", pins)
    assert not stamp.fresh()
    stamp.write()
    assert Stamp(tmp_path / "stamp", pins).fresh()
    pins.write_text("django==5.2.20\n")
    assert not Stamp(tmp_path / "stamp", pins).fresh()


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (CHECKOUT / "package-lock.json").read_text()


def test_for_the_tests_it_also_wants_a_browser_and_serial_lines(copy: Path, tmp_path: Path) -> None:
    done = run(copy, sys.executable, "-m", "portal.run.install", "--dev", PATH=str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "The tests need chromium, gettext, " in done.stderr
    assert "socat" in done.stderr
    assert ("ser2net" in done.stderr) is not Path("/usr/sbin/ser2net").exists()
