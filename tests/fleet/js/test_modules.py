"""What pages share about machines, tested by Node's own runner; each file beside this one speaks of one module."""

from pathlib import Path

import pytest

from tests.consoles.js.test_modules import modules, node_says

HERE = Path(__file__).parent
__all__ = ["modules"]


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.mjs")))
def test_it_does_what_its_tests_claim(modules: Path, name: str) -> None:
    node_says(modules, HERE / name)
