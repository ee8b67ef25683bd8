"""The full Debians of `make lab`, each test's on a disk of its own over the cached image, and the product around them."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portal.lab import debian, machines
from tests.consoles.hub_process.place import furnish
from tests.guests.conftest import CACHE, built_small, guests_in_a_folder  # noqa: F401
from tests.guests.product import Product
from tests.run.programs import free_port

MakeProduct = Callable[..., Product]


@pytest.fixture
def make_product(database: Path) -> Iterator[MakeProduct]:
    """`make_product(guests)` is all of it, running, with these guests' machines, none of which runs yet."""
    with tempfile.TemporaryDirectory(prefix="hp-") as folder, ExitStack() as left:

        def make(guests: dict[str, Path]) -> Product:
            furnish(Path(folder), database)
            product = Product(Path(folder), left, guests)
            product.start_all()
            return product

        yield make


@pytest.fixture
def guests() -> Iterator[Path]:
    """The folder of their machines; they end with the test."""
    with guests_in_a_folder() as folder:
        yield folder


@pytest.fixture
def debian_guest(guests: Path) -> Callable[[str], tuple[Path, int]]:
    """`debian_guest(variant)`: its machine.json, and the port of this machine that is its port 22."""
    if not debian.built(CACHE):
        pytest.skip("the full Debians are not built: make lab")

    def make(variant: str) -> tuple[Path, int]:
        port, place = free_port(), guests / variant.replace("_", "-")
        network = {"forward": {"ssh": port}}
        specification = debian.specification(
            debian.images(CACHE)[variant], place, place.name, network=network
        )
        return machines.write(place, specification), port

    return make
