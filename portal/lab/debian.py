"""A full Debian, by debootstrap: systemd, sshd, nftables, the guest agent. In: a cache. Out: an image that works, and its broken variants.

Needs root, for debootstrap does. The base is kept as a tar file; the images are made anew when the files laid over it change.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portal.lab import grub
from portal.lab.broken import VARIANTS
from portal.lab.errors import LabError

FILES = Path(__file__).parent / "files"
HEALTHY = "debian"
SUITE = "bookworm"
PACKAGES = (
    "systemd-sysv,udev,dbus,openssh-server,qemu-guest-agent,nftables,vim-tiny,less,iproute2,procps,sudo,kmod,"
    "linux-image-cloud-amd64"
)
# nobody waits for these, and each costs seconds of software emulation at every boot
MASKED = (
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "e2scrub_reap.service",
    "e2scrub_all.timer",
    "dpkg-db-backup.timer",
    "systemd-timesyncd.service",
)
SHADOW = FILES / "small" / "etc" / "shadow"  # the same people with the same password as in the small Linux
SIZE = 1200  # MiB
MEMORY, TB_SIZE = 384, 64
APPEND = "root=/dev/vda1 ro console=ttyS0,115200"
Say = Callable[[str], None]


def images(cache: Path) -> dict[str, Path]:
    """Name → image, whether built or not."""
    folder = cache / "debian" / _version()
    return {name: folder / f"{name}.img" for name in (HEALTHY, *VARIANTS)}


def built(cache: Path) -> bool:
    return all(path.exists() for path in images(cache).values())


def build(cache: Path, say: Say) -> None:
    """Two minutes the first time, then nothing."""
    if os.geteuid() != 0:
        raise LabError("A full Debian is built by debootstrap, which needs root.")
    os.umask(0o022)
    base = _base(cache, say)
    wanted = images(cache)
    wanted[HEALTHY].parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        tree = Path(folder) / "tree"
        tree.mkdir(mode=0o755)
        _run("tar", "-xpf", base, "-C", tree)
        _settle(tree)
        for name, image in wanted.items():
            say(f"Making the disk of {name}")
            _variant(tree, name, image)


def specification(image: Path, folder: Path, name: str, **more: Any) -> dict[str, Any]:
    """A disk of its own that keeps only what differs from the image, so it costs nothing until the guest writes."""
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "disk.qcow2"
    own.unlink(missing_ok=True)
    _run("qemu-img", "create", "-q", "-f", "qcow2", "-b", image, "-F", "raw", own)
    return {
        "name": name,
        "memory": MEMORY,
        "cpus": 1,
        "disks": [{"path": str(own), "format": "qcow2"}],
        "display": False,
        "pvpanic": True,
        "agent": True,
        "serial_log": str(folder / "serial.log"),
        "tb_size": TB_SIZE,
        **more,
    }


def _base(cache: Path, say: Say) -> Path:
    base = cache / "debian" / f"{SUITE}.tar"
    if base.exists():
        return base
    base.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        tree = Path(folder) / "tree"
        say("Fetching and unpacking Debian, about two minutes")
        _run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, tree)
        shutil.rmtree(tree / "var/cache/apt/archives")
        shutil.copytree(FILES / HEALTHY, tree, dirs_exist_ok=True)
        _run("chroot", tree, "update-initramfs", "-u")
        fresh = base.with_suffix(".new")
        _run("tar", "-cf", fresh, "-C", tree, ".")
        fresh.rename(base)
    return base


def _settle(tree: Path) -> None:
    """What every variant has: people, services, a boot loader's menu."""
    _lay(tree, HEALTHY)
    _run("chroot", tree, "useradd", "-m", "-s", "/bin/bash", "-g", "operator", "-G", "sudo,adm", "operator")
    secret = SHADOW.read_text().split(":")[1]
    for user in ("root", "operator"):
        _run("chroot", tree, "usermod", "-p", secret, user)
    _run("chroot", tree, "systemctl", "enable", "systemd-networkd", "nftables")
    _run("chroot", tree, "systemctl", "mask", *MASKED)
    for kind in ("vmlinuz", "initrd.img"):
        newest = max((tree / "boot").glob(f"{kind}-*"))
        os.link(newest, tree / "boot" / kind)
    menu = {"Debian GNU/Linux": APPEND, "Debian GNU/Linux, recovery mode": f"{APPEND} single"}
    (tree / "boot" / "grub").mkdir()
    (tree / "boot" / "grub" / "grub.cfg").write_text(
        grub.configuration(menu, kernel="/boot/vmlinuz", initrd="/boot/initrd.img")
    )


def _variant(tree: Path, name: str, image: Path) -> None:
    """The tree is as it was afterwards, for the next one."""
    (tree / "etc" / "hostname").write_text(f"{name.replace('_', '-')}\n")
    kept = {path: path.read_bytes() for path in _targets(tree, name) if path.exists()}
    _lay(tree, name)
    grub.disk(image, tree, SIZE)
    for path in _targets(tree, name):
        path.unlink()
        if path in kept:
            path.write_bytes(kept[path])


def _lay(tree: Path, name: str) -> None:
    shutil.copytree(FILES / name, tree, dirs_exist_ok=True)


def _targets(tree: Path, name: str) -> list[Path]:
    folder = FILES / name
    return [tree / path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


def _version() -> str:
    sources = [path for name in (HEALTHY, *VARIANTS) for path in sorted((FILES / name).rglob("*"))]
    sources += [Path(__file__), Path(grub.__file__), SHADOW]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources if path.is_file())).hexdigest()[
        :16
    ]


def _run(*command: str | Path) -> None:
    environment = os.environ | {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except FileNotFoundError as error:
        raise LabError(f"There is no {command[0]} here: `make lab` installs it where it may.") from error
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise LabError(f"{command[0]} failed: {' '.join(words)}")


if __name__ == "__main__":
    try:
        build(Path(sys.argv[1]), lambda words: print(words, flush=True))
    except LabError as trouble:
        sys.exit(str(trouble))
