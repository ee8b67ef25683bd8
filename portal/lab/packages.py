"""Debian's packages, fetched by apt and unpacked without installing them. In: a name. Out: the folder with its files."""

import os
import shutil
import subprocess
from pathlib import Path

from portal.lab.errors import LabError

# what the kernel's package is called: Debian's, then Ubuntu's; each is a name that depends on the newest of its kind
KERNELS = ("linux-image-cloud-amd64", "linux-image-virtual")
QUIET = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}


def unpacked(name: str, cache: Path) -> Path:
    """Fetched and unpacked once; `cache` keeps it."""
    folder = cache / "packages" / name
    if not folder.is_dir():
        fresh = cache / "packages" / f".{name}.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        _download(name, fresh)
        archive = next(fresh.glob("*.deb"))
        _run(["dpkg-deb", "-x", str(archive), str(fresh)], f"{name} could not be unpacked")
        archive.unlink()
        fresh.rename(folder)
    return folder


def kernel_packages() -> list[str]:
    """The newest kernel this machine's apt knows, with the package of its modules where that is another one."""
    for name in KERNELS:
        told = _asked(["apt-cache", "depends", "--no-recommends", "--no-suggests", name])
        found = [word for word in told.split() if word.startswith(("linux-image-", "linux-modules-"))]
        images = [word for word in found if word not in KERNELS]
        if images:
            modules = _asked(["apt-cache", "depends", images[0]]).split()
            return images[:1] + [word for word in modules if word.startswith("linux-modules-")][:1]
    raise LabError(
        f"apt knows neither {' nor '.join(KERNELS)}: run `apt-get update` as root, then the same command again."
    )


def _download(name: str, folder: Path) -> None:
    _run(["apt-get", "download", name], f"apt-get could not download {name}", folder)


def _asked(command: list[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, env=os.environ | QUIET).stdout
    except FileNotFoundError as error:
        raise LabError(f"There is no {command[0]} here: guests are built of Debian's packages.") from error


def _run(command: list[str], failed: str, folder: Path | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | QUIET,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError as error:
        raise LabError(f"There is no {command[0]} here: guests are built of Debian's packages.") from error
    if done.returncode:
        raise LabError(
            f"{failed}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'no word why'}"
        )
