"""`python3 -m portal.run.install [--dev] [--lab]`: brings the checkout up to date; nothing to do takes a blink.

With `--dev`, also what the tests need: their Python packages, PostgreSQL, a browser, gettext, serial lines.
With `--lab`, also the full Debians of docs/lab.md.
"""

import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from portal.run.install import debian
from portal.run.install.frontend import NpmPackages, VendorFiles
from portal.run.install.lab import Lab, build_debians
from portal.run.install.programs import Postgres, Redis
from portal.run.install.python import Environment, Packages
from portal.run.install.steps import SetupError, Steps, cannot_write

ROOT = Path(__file__).resolve().parents[3]
TEST_TOOLS = {"chromium": "chromium", "msgfmt": "gettext", "ser2net": "ser2net", "socat": "socat"}
SYSTEM_TOOLS = os.pathsep + "/usr/sbin"  # where Debian keeps ser2net, and a person's PATH does not lead


class Part(Protocol):
    def fresh(self) -> bool: ...

    def install(self, steps: Steps) -> None: ...


def main(arguments: list[str]) -> int:
    try:
        set_up(dev="--dev" in arguments)
        if "--lab" in arguments:
            build_debians(Steps(ROOT, var()))
    except SetupError as error:
        print(f"homeport: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def set_up(*, dev: bool) -> None:
    steps = Steps(ROOT, var())
    if dev:
        _test_tools(steps)
    if _everything_fresh(dev, steps):
        return
    with _alone():
        environment = Environment(ROOT)
        if not environment.usable():
            environment.make(steps)
        for part in _parts(environment, dev, steps):
            if not part.fresh():
                part.install(steps)


def var() -> Path:
    return Path(os.environ.get("HOMEPORT_VAR") or ROOT / "var")


def _everything_fresh(dev: bool, steps: Steps) -> bool:
    environment = Environment(ROOT)
    return environment.usable() and all(part.fresh() for part in _parts(environment, dev, steps))


def _parts(environment: Environment, dev: bool, steps: Steps) -> list[Part]:
    tests: list[Part] = [Postgres(environment)] if dev else []
    return [
        Packages(environment, dev),
        Redis(environment),
        *tests,
        NpmPackages(environment),
        VendorFiles(ROOT),
        Lab(steps),
    ]


def _test_tools(steps: Steps) -> None:
    path = os.environ.get("PATH", os.defpath) + SYSTEM_TOOLS
    missing = [package for tool, package in TEST_TOOLS.items() if not shutil.which(tool, path=path)]
    if missing:
        debian.install(steps, missing, f"The tests need {', '.join(missing)}")


@contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups of one checkout take turns."""
    try:
        lock = (ROOT / ".setup.lock").open("w")
    except OSError as error:
        raise cannot_write(ROOT, error) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
