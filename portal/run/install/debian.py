"""Installs Debian packages, as root or by sudo without a password; otherwise says the command to type."""

import os
import shutil
import subprocess

from portal.run.install.steps import SetupError, Steps

QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def install(steps: Steps, packages: list[str], purpose: str) -> None:
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise SetupError(
            f"{purpose}, and there is no apt-get to install it: install {names} by hand, then run the same command again."
        )
    apt = [*_as_root(names, purpose), "apt-get", "-o", "DPkg::Lock::Timeout=120"]
    failed = f"{purpose}, and apt-get could not install {names}"
    steps.run("Reading Debian's package lists", [*apt, "update"], failed=failed, **QUIET)
    command = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    steps.run(f"Installing {names}", command, failed=failed, **QUIET)


def _as_root(names: str, purpose: str) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        return ["sudo", "-n", "--preserve-env=DEBIAN_FRONTEND"]
    raise SetupError(f"{purpose}: type `sudo apt-get install {names}`, then run the same command again.")
