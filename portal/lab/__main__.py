"""`python -m portal.lab small|debian|off FOLDER`: builds the guests into a cache, or ends the guests that run in a folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from portal.lab import debian, off, small
from portal.lab.errors import LabError

ACTS = ("small", "debian", "off")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2 or arguments[0] not in ACTS:
        print(f"usage: python -m portal.lab {'|'.join(ACTS)} FOLDER", file=sys.stderr)
        return 2
    act, folder = arguments[0], Path(arguments[1]).absolute()
    try:
        match act:
            case "small":
                small.build(folder)
            case "debian":
                _debian(folder)
            case "off":
                off.end_all(folder)
    except LabError as error:
        print(f"homeport: {error}", file=sys.stderr)
        return 1
    return 0


def _debian(cache: Path) -> None:
    if debian.built(cache):
        print(f"lab      | The full Debians are in {cache}.", flush=True)
    elif os.geteuid() == 0:
        debian.build(cache, lambda words: print(f"lab      | {words}", flush=True))
    elif shutil.which("sudo") and subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        cache.mkdir(parents=True, exist_ok=True)
        subprocess.run(["sudo", "-n", sys.executable, "-m", "portal.lab", "debian", cache], check=True)
    else:
        raise LabError(
            f"A full Debian is built by debootstrap, as root: `sudo {sys.executable} -m portal.lab debian {cache}`."
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
