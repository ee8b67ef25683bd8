"""A store that is a folder on disk. In: names and objects. Out: files, each written in the same folder and moved to its place whole.

The folder has a mark in it. Without it, its disk may not be mounted, or another one may be: then nothing is known of any object.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from uuid import uuid4

from portal.fleet.stores.base import Missing, StoreTrouble

FULL = {ENOSPC, EDQUOT}
NEW, MARK = ".new", ".homeport-store"
OF_A_DISK = {"lost+found"}  # in one that was just formatted
ABANDONED = 24 * 60 * 60.0


class FolderStore:
    def __init__(self, root: Path, is_new: Callable[[], bool] = lambda: True) -> None:
        """`is_new` says whether it may be empty: nothing is known that was kept there."""
        self._root, self._is_new = root, is_new

    def put(self, name: str, data: bytes) -> None:
        with self._there(), self._new(name) as path:
            path.write_bytes(data)

    def get(self, name: str, most: int | None = None) -> bytes:
        with self._there(), open(self._root / name, "rb") as file:
            return file.read(-1 if most is None else most + 1)

    def delete(self, name: str) -> None:
        with self._there():
            (self._root / name).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[str]:
        with self._there():
            above = self._root / prefix.rpartition("/")[0]
            found = [path.relative_to(self._root).as_posix() for path in above.rglob("*") if path.is_file()]
        ours = (name for name in found if name != MARK and not name.startswith(NEW))
        yield from sorted(name for name in ours if name.startswith(prefix))

    @contextmanager
    def _there(self) -> Iterator[None]:
        with troubles():
            if not (self._root / MARK).exists():
                self._mark()
            yield

    def _mark(self) -> None:
        """One that has something in it is from before there were marks."""
        if _has_content(self._root):
            with suppress(OSError):
                (self._root / MARK).touch()
        elif self._is_new():
            self._root.mkdir(0o700, parents=True, exist_ok=True)
            (self._root / MARK).touch()
        else:
            raise StoreTrouble(StoreTrouble.UNREACHABLE, "NoFolder")

    @contextmanager
    def _new(self, name: str) -> Iterator[Path]:
        """Durable before it has its name: what the archive says is kept survives a power cut."""
        path, new = self._root / name, self._root / NEW / uuid4().hex
        for parent in (path.parent, new.parent):
            parent.mkdir(0o700, parents=True, exist_ok=True)
        self._sweep()
        try:
            yield new
            _flushed(new)
            new.replace(path)
            _flushed(path.parent)
        finally:
            new.unlink(missing_ok=True)

    def _sweep(self) -> None:
        """What somebody who was killed had begun."""
        for left in os.scandir(self._root / NEW):
            with suppress(FileNotFoundError):
                if left.stat().st_mtime < time.time() - ABANDONED:
                    os.unlink(left)


def _has_content(root: Path) -> bool:
    try:
        return any(entry.name not in OF_A_DISK for entry in os.scandir(root))
    except FileNotFoundError:
        return False


def _flushed(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@contextmanager
def troubles() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Missing(error.filename) from error
    except OSError as error:
        code = StoreTrouble.FULL if error.errno in FULL else StoreTrouble.UNREACHABLE
        raise StoreTrouble(code, error.strerror or "") from error
