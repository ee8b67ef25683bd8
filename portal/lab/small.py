"""The small Linux: a kernel and busybox in an initramfs, at its login prompt in about four seconds. In: a cache. Out: its files.

Users root and operator, password `homeport`; a getty on ttyS0 and on the screen; acpid, so that a power button is obeyed.
"""

import fcntl
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.lab import cpio, grub, modules, packages
from portal.lab.errors import LabError

FILES = Path(__file__).parent / "files" / "small"
MODULES = ["virtio_pci", "virtio_console", "virtio_blk", "virtio_net", "pvpanic_pci", "button", "evdev"]
MEMORY = 96  # MiB; with 64 it never reached its prompt
DISK = 40  # MiB, of which 20 are used
TB_SIZE = 16  # MiB of translated code: without a bound a guest grows whatever its memory
APPEND = "console=ttyS0,115200 reboot=t"  # reboot=t: by SysRq too it restarts in 5 s instead of 14
APPEND_SCREEN = f"console=tty0 {APPEND}"


@dataclass(frozen=True)
class Small:
    kernel: Path
    initrd: Path
    agent_initrd: Path  # the same, with QEMU's guest agent: needs 128 MiB


def build(cache: Path) -> Small:
    """Takes six seconds once, then nothing. Several processes may ask at once."""
    cache.mkdir(parents=True, exist_ok=True)
    with alone(cache):
        return _built(cache)


def ready(cache: Path) -> bool:
    """Whether `build` would find everything there."""
    return (cache / "kernel").exists() and _made(cache, _kernel(cache)).agent_initrd.exists()


def specification(built: Small, folder: Path, name: str, *, append: str = "", **more: Any) -> dict[str, Any]:
    """What the driver of machines runs: the kernel straight away, without firmware's or a boot loader's share."""
    agent = bool(more.get("agent"))
    return {
        "name": name,
        "memory": 128 if agent else MEMORY,
        "cpus": 1,
        "kernel": str(built.kernel),
        "initrd": str(built.agent_initrd if agent else built.initrd),
        "append": f"{APPEND_SCREEN if more.get('display') else APPEND} homeport.name={name} {append}".strip(),
        "disks": [],
        "display": False,
        "pvpanic": True,
        "agent": False,
        "serial_log": str(folder / "serial.log"),
        "tb_size": TB_SIZE,
        **more,
    }


def behind_grub(built: Small, folder: Path, name: str, **more: Any) -> dict[str, Any]:
    """The same Linux on a disk of its own, which a real GRUB boots: fifteen seconds to the login, five of them its menu."""
    specified = specification(built, folder, name, **more)
    append = specified.pop("append")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as tree:
        boot = Path(tree) / "boot"
        (boot / "grub").mkdir(parents=True)
        shutil.copy(specified.pop("kernel"), boot / "vmlinuz")
        shutil.copy(specified.pop("initrd"), boot / "initrd.gz")
        entries = {"Homeport small Linux": append, "Homeport small Linux, single user": f"{append} single"}
        menu = grub.configuration(entries, kernel="/boot/vmlinuz", initrd="/boot/initrd.gz")
        (boot / "grub" / "grub.cfg").write_text(menu)
        grub.disk(folder / "disk.img", Path(tree), DISK)
    return {**specified, "disks": [{"path": str(folder / "disk.img"), "format": "raw"}]}


@contextmanager
def alone(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _built(cache: Path) -> Small:
    if not (cache / "kernel").exists():
        _fetch_kernel(cache)
    made = _made(cache, _kernel(cache))
    if not made.agent_initrd.exists():
        made.initrd.parent.mkdir(parents=True, exist_ok=True)
        _put(made.initrd, cpio.pack(list(_files(cache))))
        _put(made.agent_initrd, cpio.pack([*_files(cache), *_agent(cache)]))
    return made


def _made(cache: Path, kernel: Path) -> Small:
    folder = cache / "small" / _version(kernel)
    return Small(kernel, folder / "initrd.gz", folder / "initrd-agent.gz")


def _kernel(cache: Path) -> Path:
    """The one that the cache began with stays, so that guests do not change under a person's hands."""
    return cache / (cache / "kernel").read_text()


def _fetch_kernel(cache: Path) -> None:
    names = packages.kernel_packages()
    folders = [packages.unpacked(name, cache) for name in names]
    found = [path for folder in folders for path in folder.glob("boot/vmlinuz-*")]
    if not found:
        raise LabError(f"There is no kernel in {names[0]}.")
    _put(cache / "kernel", str(found[0].relative_to(cache)).encode())


def _files(cache: Path) -> Iterator[cpio.Entry]:
    yield from cpio.walk(FILES)
    for name in ("bin", "dev", "lib", "lib/modules", "usr", "usr/bin", "usr/sbin"):
        yield cpio.directory(name)
    yield cpio.CONSOLE
    busybox = packages.unpacked("busybox-static", cache)
    yield cpio.file("bin/busybox", next(busybox.rglob("bin/busybox")).read_bytes(), 0o755)
    yield cpio.link("bin/sh", "busybox")
    loaded = modules.in_order(cache / "packages", MODULES)
    yield cpio.file("lib/modules/order", "\n".join(loaded).encode())
    for name, data in loaded.items():
        yield cpio.file(f"lib/modules/{name}.ko", data)


def _agent(cache: Path) -> Iterator[cpio.Entry]:
    """The agent is linked to libraries that this machine has, since it has QEMU."""
    agent = next(packages.unpacked("qemu-guest-agent", cache).rglob("sbin/qemu-ga"))
    linked = subprocess.run(["ldd", agent], capture_output=True, text=True).stdout
    if "not found" in linked:
        raise LabError("The guest agent's libraries are not on this machine: install qemu-guest-agent.")
    yield cpio.file("usr/sbin/qemu-ga", agent.read_bytes(), 0o755)
    yield cpio.directory("lib64")
    for library in re.findall(r"(/\S+) \(0x", linked):
        folder = "lib64" if "ld-linux" in library else "lib"
        yield cpio.file(f"{folder}/{Path(library).name}", Path(library).read_bytes(), 0o755)


def _version(kernel: Path) -> str:
    sources = [*sorted(FILES.rglob("*")), Path(__file__), Path(cpio.__file__), Path(modules.__file__)]
    data = b"\0".join(path.read_bytes() for path in sources if path.is_file())
    return hashlib.sha256(kernel.name.encode() + data).hexdigest()[:16]


def _put(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(data)
    fresh.rename(path)
