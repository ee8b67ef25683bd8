"""Writes an initramfs. In: a folder, and what no folder can hold without root. Out: a gzipped archive in cpio's "newc" form.

Everything in it belongs to root, whoever builds it, and no time of this machine gets in: the same input gives the same bytes.
"""

import gzip
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TRAILER = "TRAILER!!!"


class Entry(NamedTuple):
    name: str
    mode: int
    data: bytes = b""
    device: tuple[int, int] = (0, 0)


CONSOLE = Entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1))


def pack(entries: Iterator[Entry] | list[Entry], level: int = 6) -> bytes:
    archive = b"".join(_packed(number, entry) for number, entry in enumerate(entries, 1))
    return gzip.compress(archive + _packed(0, Entry(TRAILER, 0)), level, mtime=0)


def walk(folder: Path) -> Iterator[Entry]:
    """All that is under a folder; who may run a file is kept, all else of its mode is made plain."""
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            yield link(name, str(path.readlink()))
        elif path.is_dir():
            yield directory(name)
        else:
            yield file(name, path.read_bytes(), 0o755 if path.stat().st_mode & 0o100 else 0o644)


def file(name: str, data: bytes, mode: int = 0o644) -> Entry:
    return Entry(name, stat.S_IFREG | mode, data)


def directory(name: str, mode: int = 0o755) -> Entry:
    return Entry(name, stat.S_IFDIR | mode)


def link(name: str, target: str) -> Entry:
    return Entry(name, stat.S_IFLNK | 0o777, target.encode())


def _packed(number: int, entry: Entry) -> bytes:
    name = entry.name.encode() + b"\0"
    # inode, mode, owner, group, links, time, size, the device it lies on, the device it is, length of the name, checksum
    fields = (number, entry.mode, 0, 0, 1, 0, len(entry.data), 0, 0, *entry.device, len(name), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields)
    return _padded(header + name) + _padded(entry.data)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
