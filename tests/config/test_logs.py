"""What is logged of a failure: where, and no value of a variable there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config.logs import WITHOUT_LOCALS

# each is what structlog would show tracebacks with if it were installed: everything that the variables hold
TALKATIVE = {
    "rich": {
        "__init__.py": "",
        "console.py": "class Console:\n    def __init__(self, file, **more): self.print = lambda shown: file.write(shown)\n",
        "traceback.py": (
            "class Traceback:\n"
            "    @staticmethod\n"
            "    def from_exception(kind, error, traceback, **more):\n"
            "        while traceback.tb_next: traceback = traceback.tb_next\n"
            "        return repr(traceback.tb_frame.f_locals)\n"
        ),
    },
    "better_exceptions": {
        "__init__.py": (
            "def format_exception(kind, error, traceback):\n"
            "    while traceback.tb_next: traceback = traceback.tb_next\n"
            "    return repr(traceback.tb_frame.f_locals)\n"
        ),
    },
}
FAILS = """
import structlog
from portal.config import logs

def fails(secret):
    raise ValueError("it failed")

logs.configure("text")
try:
    fails("hunter2-" * 2)
except ValueError:
    structlog.get_logger().exception("broken")
"""


def test_a_traceback_in_json_holds_no_values() -> None:
    def fails(secret: str) -> None:
        raise ValueError("it failed")

    try:
        fails("hunter2-hunter2")
    except ValueError as error:
        told = WITHOUT_LOCALS(None, "error", {"event": "broken", "exc_info": error})
    (exception,) = told["exception"]
    assert exception["exc_value"] == "it failed"
    assert exception["frames"][-1]["name"] == "fails"
    assert "hunter2" not in json.dumps(told)


@pytest.mark.parametrize("package", TALKATIVE)
def test_a_traceback_as_text_holds_no_values_whatever_is_installed(tmp_path: Path, package: str) -> None:
    (tmp_path / package).mkdir()
    for name, text in TALKATIVE[package].items():
        (tmp_path / package / name).write_text(text)
    paths = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    done = subprocess.run(
        [sys.executable, "-c", f"{paths}import {package}\n{FAILS}"],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    assert "ValueError: it failed" in done.stderr
    assert "in fails" in done.stderr
    assert "hunter2-hunter2" not in done.stderr
