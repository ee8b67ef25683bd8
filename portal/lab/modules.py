"""Kernel modules for an initramfs. In: the folder of a kernel's modules and the names wanted. Out: their files, each after what it needs.

What a module needs is read from the module itself, since a package carries no list of that.
"""

import lzma
import re
import subprocess
from pathlib import Path

from portal.lab.errors import LabError

NEEDS = re.compile(rb"\0depends=([\w,-]*)\0")


def in_order(folder: Path, wanted: list[str]) -> dict[str, bytes]:
    """Name → uncompressed module, in the order in which they can be loaded. A name that is no module is built in."""
    files = {path.name.split(".ko")[0].replace("-", "_"): path for path in folder.rglob("*.ko*")}
    found: dict[str, bytes] = {}

    def add(name: str) -> None:
        name = name.replace("-", "_")
        if name in found or name not in files:
            return
        data = _plain(files[name])
        needs = NEEDS.search(data)
        for other in needs[1].decode().split(",") if needs else []:
            add(other)
        found[name] = data

    for name in wanted:
        add(name)
    return found


def _plain(path: Path) -> bytes:
    match path.suffix:
        case ".ko":
            return path.read_bytes()
        case ".xz":
            return lzma.decompress(path.read_bytes())
        case ".zst":
            return subprocess.run(["zstd", "-dc", path], capture_output=True, check=True).stdout
    raise LabError(f"{path.name} is compressed in a way that is not known here.")
