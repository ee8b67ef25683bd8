"""Real guests for tests: built once into var/lab-cache, whose lock the workers of one run share. Each test gets a machine of its own in a short path."""

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from portal.lab import machines, off, small
from portal.lab.errors import LabError
from tests.consoles.hub_process.place import furnish
from tests.guests.product import Product

MakeSmall = Callable[..., Path]
GUESTS: dict[str, dict[str, Any]] = {
    "boots": {"behind_grub": True},
    "hears": {},
    "lasts": {},
    "panics": {},
    "shared": {"agent": True},
}
CACHE = Path(__file__).resolve().parents[2] / "var" / "lab-cache"


@pytest.fixture(scope="session")
def built_small() -> small.Small:
    if not shutil.which("qemu-system-x86_64"):
        pytest.skip("there is no qemu-system-x86_64")
    try:
        return small.build(CACHE)
    except LabError as error:
        pytest.skip(str(error))


@pytest.fixture
def make_small(built_small: small.Small) -> Iterator[MakeSmall]:
    """`make_small(name, **more)` writes a small Linux of that name and gives its machine.json. `behind_grub`, `agent`, `display`, … as in small.py."""
    with guests_in_a_folder() as folder:
        yield partial(write_small, built_small, folder)


@pytest.fixture
def small_guest(make_small: MakeSmall) -> Path:
    """The machine.json of a small Linux named small-1 that nobody has started; sockets and log go beside it."""
    return make_small()


@pytest.fixture(scope="session")
def product(built_small: small.Small, database: Path) -> Iterator[Product]:
    """All of it, running, and a machine for each of GUESTS, none of which runs yet."""
    with guests_in_a_folder() as guests, tempfile.TemporaryDirectory(prefix="hp-") as folder:
        made = {name: write_small(built_small, guests, name, **more) for name, more in GUESTS.items()}
        furnish(Path(folder), database)
        with ExitStack() as left:
            running = Product(Path(folder), left, made)
            running.start_all()
            yield running


def write_small(built: small.Small, folder: Path, name: str = "small-1", **more: Any) -> Path:
    write = small.behind_grub if more.pop("behind_grub", False) else small.specification
    return machines.write(folder / name, write(built, folder / name, name, **more))


@contextmanager
def guests_in_a_folder() -> Iterator[Path]:
    """Whatever a test did with its guests, they end with it. By a thread, since a loop of the test's own may be this one's."""
    with tempfile.TemporaryDirectory(prefix="hpg-", ignore_cleanup_errors=True) as folder:
        try:
            yield Path(folder)
        finally:
            ending = threading.Thread(target=off.end_all, args=(Path(folder),))
            ending.start()
            ending.join()
