from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import settings as hypothesis_settings

from tests import world as worlds

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


@pytest.fixture
def world(db: None) -> Iterator[worlds.World]:
    return worlds.build()


@pytest.fixture
def client_of(world: worlds.World) -> Callable[[str], Client]:
    """A browser in which the named person has signed in by the portal's own page."""

    def signed_in(name: str) -> Client:
        client = Client()
        answer = client.post("/sign-in/", {"username": name, "password": worlds.PASSWORD})
        assert answer.status_code == 302, answer.content
        return client

    return signed_in
