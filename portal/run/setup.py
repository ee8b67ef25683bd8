"""The first step of every `make` command: finds a Python that is new enough and hands over to `portal.run.install`.

In: the machine's `python3`, however old. Out: that process becomes `pythonX -m portal.run.install`, or one sentence.
This file alone must parse on old Pythons (3.6 and up), so it keeps to what they know.
"""

import os
import shutil
import subprocess
import sys

NEEDED = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def main() -> int:
    python = suitable_python()
    if python:
        os.execv(python, [python, "-m", "portal.run.install", *sys.argv[1:]])  # noqa: S606  the hand-over
    print(too_old(), file=sys.stderr)
    return 1


def suitable_python() -> str:
    """This interpreter if it is new enough, else the newest one on the PATH; empty when there is none."""
    if tuple(sys.version_info[:2]) >= NEEDED:
        return sys.executable
    found = (shutil.which(name) or "" for name in NEWER)
    return next((path for path in found if path and works(path)), "")


def works(path: str) -> bool:
    """A version manager may leave a `python3.13` on the PATH that only says that it is not installed."""
    check = "import sys; sys.exit(sys.version_info[:2] < (3, 11))"
    return subprocess.call([path, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0


def too_old() -> str:
    this = ".".join(str(part) for part in sys.version_info[:3])
    return (
        f"homeport: Homeport needs Python 3.11 or newer; this is {this}, and no newer one is on the PATH. "
        "Install one (Debian 12, Ubuntu 24.04 and later have it), then run the same command again."
    )


if __name__ == "__main__":
    sys.exit(main())
