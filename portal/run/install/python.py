"""The virtual environment and the pinned Python packages in it."""

import importlib.util
import sys
from pathlib import Path

from portal.run.install import debian
from portal.run.install.steps import Command, Stamp, Steps

PIP = (
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--no-input",
    "--retries",
    "2",
    "--progress-bar",
    "off",
)


class Environment:
    """The checkout's `.venv`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"

    def usable(self) -> bool:
        """False too when the interpreter it was made with is gone, or was replaced by another version."""
        version = self.python.resolve().name
        return self.python.exists() and any(self.folder.glob(f"lib/{version}*/site-packages/pip"))

    def make(self, steps: Steps) -> None:
        if importlib.util.find_spec("ensurepip") is None:
            package = "python{}.{}-venv".format(*sys.version_info[:2])
            debian.install(
                steps,
                [package],
                "Homeport needs Python's venv module, which Debian keeps in a package of its own",
            )
        command: Command = [sys.executable, "-m", "venv", "--clear", self.folder]
        steps.run(
            "Making the virtual environment", command, failed="The virtual environment could not be made"
        )

    def stamp(self, name: str, *inputs: Path | str) -> Stamp:
        return Stamp(self.folder / "homeport" / name, *inputs)


class Packages:
    """What requirements.txt pins; with `dev`, what requirements-dev.txt pins, which includes it."""

    def __init__(self, environment: Environment, dev: bool) -> None:
        self.environment = environment
        names = ["requirements.txt", "requirements-dev.txt"] if dev else ["requirements.txt"]
        self.files = [environment.root / name for name in names]
        self.stamps = [environment.stamp(file.stem, file) for file in self.files]

    def fresh(self) -> bool:
        return all(stamp.fresh() for stamp in self.stamps)

    def install(self, steps: Steps) -> None:
        command: Command = [self.environment.python, *PIP, "-r", self.files[-1]]
        steps.run("Installing Python packages", command, failed="The Python packages could not be installed")
        for stamp in self.stamps:
            stamp.write()
