from collections.abc import Iterator

import pytest

from tests.fleet.stores.buckets import Buckets, serving_buckets


@pytest.fixture(scope="session")
def buckets() -> Iterator[Buckets]:
    with serving_buckets() as found:
        yield found
