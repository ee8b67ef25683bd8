"""The small guests of the lab: QEMU and what builds them, then their files in var/lab-cache.

Real guests are an extra: where they cannot be had, one sentence says what to install, and the demonstration is played by scripts.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from portal.lab import small
from portal.run.install import debian
from portal.run.install.steps import Command, SetupError, Steps

FALSE = {"0", "false", "no", "off"}
SBIN = os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"
TOOLS = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "grub-mkimage": "grub-common",
    "mke2fs": "e2fsprogs",
}
GRUB = Path("/usr/lib/grub/i386-pc/boot.img")
FULL = TOOLS | {"debootstrap": "debootstrap", "ssh": "openssh-client"}


class Lab:
    """`HOMEPORT_LAB=0` leaves it out."""

    def __init__(self, steps: Steps) -> None:
        self.cache = steps.log.parents[1] / "lab-cache"

    def fresh(self) -> bool:
        return not wanted() or (not missing(TOOLS) and small.ready(self.cache))

    def install(self, steps: Steps) -> None:
        try:
            install_tools(steps, TOOLS)
            command: Command = [sys.executable, "-m", "portal.lab", "small", self.cache]
            steps.run("Building the small guests", command, failed="The small guests could not be built")
        except SetupError as error:
            print(f"setup    | {error}", flush=True)
            print(
                "setup    | Until then the demonstration's machines are scripted; HOMEPORT_LAB=0 leaves real ones out.",
                flush=True,
            )


def build_debians(steps: Steps) -> None:
    """Two minutes and 2 GB once; it says what it does meanwhile, on this terminal."""
    install_tools(steps, FULL)
    cache = steps.log.parents[1] / "lab-cache"
    if subprocess.call([sys.executable, "-m", "portal.lab", "debian", cache], cwd=steps.root):
        raise SetupError("The full Debians were not built, as said above.")


def install_tools(steps: Steps, tools: dict[str, str]) -> None:
    names = missing(tools)
    if names:
        debian.install(steps, names, f"Real guests need {', '.join(names)}")


def wanted() -> bool:
    return os.environ.get("HOMEPORT_LAB", "1").strip().lower() not in FALSE


def missing(tools: dict[str, str]) -> list[str]:
    path = os.environ.get("PATH", os.defpath) + SBIN
    names = [package for tool, package in tools.items() if not shutil.which(tool, path=path)]
    return names if GRUB.exists() else [*names, "grub-pc-bin"]
