import os
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.management.commands import flush
from django.test import Client
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from tests import world as worlds
from tests.consoles.hub_process.place import migrated
from tests.kept_rows import KeptRows

LONGEST = "test_matrix.py"
OF_THE_DATABASE = {"db", "transactional_db", "template"}

hypothesis_settings.register_profile("homeport", deadline=None)
hypothesis_settings.load_profile("homeport")


def pytest_configure() -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first: at the end it would run alone. PostgreSQL is for tests that use it; those without a database, or with a file of their own, would only say again what they said."""
    items.sort(key=lambda item: item.path.name != LONGEST)
    if os.environ.get("HOMEPORT_TEST_DATABASE") == "postgres":
        left = [item for item in items if not _uses_the_database(item)]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _uses_the_database(item)]


def _uses_the_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & OF_THE_DATABASE) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[KeptRows]:
    with django_db_blocker.unblock():
        kept = KeptRows()
    with patch.object(flush, "emit_post_migrate_signal", kept.after_flush):
        yield kept


@pytest.fixture
def world(django_db_setup: KeptRows, db: None) -> worlds.World:
    return django_db_setup.world()


@pytest.fixture(scope="session")
def database() -> Path:
    """A file for processes of their own: copies of it are what they begin with."""
    return migrated()


@pytest.fixture
def client_of(world: worlds.World) -> Callable[[str], Client]:
    """A browser in which the named person has signed in by the portal's own page."""

    def signed_in(name: str) -> Client:
        client = Client()
        answer = client.post("/sign-in/", {"username": name, "password": worlds.PASSWORD})
        assert answer.status_code == 302, answer.content
        return client

    return signed_in
