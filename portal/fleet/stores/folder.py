"""A store that is a folder on disk. In: names and objects. Out: files, each written beside its place and moved there whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path
from shutil import copyfileobj

from portal.fleet.stores.base import Missing, StoreTrouble

FULL = {ENOSPC, EDQUOT}


class FolderStore:
    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        with troubles(), self._new(name) as path:
            path.write_bytes(data)

    def put_file(self, name: str, path: str) -> None:
        with troubles(), self._new(name) as new, open(path, "rb") as source, open(new, "wb") as target:
            copyfileobj(source, target)

    def get(self, name: str) -> bytes:
        with troubles():
            return (self._root / name).read_bytes()

    def part(self, name: str, start: int, length: int) -> bytes:
        with troubles(), open(self._root / name, "rb") as file:
            return os.pread(file.fileno(), length, start)

    def size(self, name: str) -> int | None:
        with suppress(Missing), troubles():
            return (self._root / name).stat().st_size
        return None

    def delete(self, name: str) -> None:
        with troubles():
            (self._root / name).unlink(missing_ok=True)

    def names(self, prefix: str) -> Iterator[str]:
        for path in sorted(self._root.rglob("*")):
            name = path.relative_to(self._root).as_posix()
            if path.is_file() and name.startswith(prefix) and not path.name.startswith("."):
                yield name

    @contextmanager
    def _new(self, name: str) -> Iterator[Path]:
        """Durable before it has its name: what the archive says is kept survives a power cut."""
        path = self._root / name
        path.parent.mkdir(0o700, parents=True, exist_ok=True)
        new = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            yield new
            _flushed(new)
            new.replace(path)
            _flushed(path.parent)
        finally:
            new.unlink(missing_ok=True)


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
