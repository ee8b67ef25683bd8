"""A store that is a folder on disk. In: names and objects. Out: files, each written in the same folder and moved to its place whole."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from uuid import uuid4

from portal.fleet.stores.base import Missing, StoreTrouble

FULL = {ENOSPC, EDQUOT}
NEW = ".new"
ABANDONED = 24 * 60 * 60.0


class FolderStore:
    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        with troubles(), self._new(name) as path:
            path.write_bytes(data)

    def get(self, name: str, most: int | None = None) -> bytes:
        with self._there(), open(self._root / name, "rb") as file:
            return file.read(-1 if most is None else most + 1)

    def delete(self, name: str) -> None:
        with troubles():
            (self._root / name).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[str]:
        above = self._root / prefix.rpartition("/")[0]
        found = (path for path in above.rglob("*") if path.is_file())
        names = (path.relative_to(self._root).as_posix() for path in found)
        yield from sorted(name for name in names if name.startswith(prefix) and not name.startswith(NEW))

    @contextmanager
    def _there(self) -> Iterator[None]:
        """Without its root nothing is known of any object: its volume may not be mounted."""
        try:
            with troubles():
                yield
        except Missing:
            if not self._root.is_dir():
                raise StoreTrouble(StoreTrouble.NOT_FOUND, "NoFolder") from None
            raise

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
