import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as settings_of
from redis import Redis

from portal.run import redis_server


@pytest.fixture(scope="session")
def redis_path() -> Iterator[Path]:
    """A real server, of the kind that the supervisor starts."""
    with tempfile.TemporaryDirectory(prefix="redis-") as made:
        var = Path(made)
        for name in ("run", "redis", "log"):
            (var / name).mkdir()
        process = subprocess.Popen(redis_server.command(redis_server.binary(settings_of.BASE_DIR), var))
        path = redis_server.socket_path(var)
        while not redis_server.answers(path):
            assert process.poll() is None
        yield path
        process.terminate()
        process.wait()


@pytest.fixture
def redis(redis_path: Path, settings: Any) -> Redis:
    settings.REDIS_URL = f"unix://{redis_path}"
    server = Redis.from_url(settings.REDIS_URL)
    server.flushall()
    return server
