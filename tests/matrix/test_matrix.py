import json
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import world as worlds
from tests.matrix import scene as scenes
from tests.matrix.rows import PEOPLE, ROWS, Row
from tests.matrix.scene import Scene

ROOT = Path(__file__).resolve().parents[2]
ASKED_AGAIN = 419  # a second factor is asked for before anything else: no success
OF_OTHERS = ("admin:", "django_rq:", "social:")


def url_names(resolver: URLResolver, namespace: str = "") -> set[str]:
    names: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            names |= url_names(pattern, namespace + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern):
            names.add(f"{namespace}{pattern.name or pattern.pattern}")
    return names


def test_every_url_has_a_row() -> None:
    ours = {name for name in url_names(get_resolver()) if not name.startswith(OF_OTHERS)}
    assert ours == {row.name for row in ROWS if not row.name.startswith(OF_OTHERS)}


def test_what_a_row_cannot_prove_is_proved_in_a_test_that_exists() -> None:
    assert [row.proved_in for row in ROWS if row.proved_in and not (ROOT / row.proved_in).exists()] == []


@pytest.fixture
def scene(db: None) -> Scene:
    return scenes.build()


@pytest.fixture
def browsers(scene: Scene) -> dict[str, Client]:
    clients = {"nobody": Client()}
    for person in PEOPLE[1:]:
        clients[person] = Client()
        entered = clients[person].post("/sign-in/", {"username": person, "password": worlds.PASSWORD})
        assert entered.status_code == 302
    scene.add_passkey()
    return clients


def same_browser(client: Client) -> Client:
    """With the same cookies, and without those that a request changes: signing out is undone, too."""
    copy = Client()
    copy.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    return copy


def ask(row: Row, person: str, scene: Scene, client: Client) -> int:
    """What the person is answered; whatever the request changed is undone, so that everybody meets the same scene."""
    headers = {}
    client = same_browser(client)
    if row.is_rest:
        client = Client()
        headers = {"authorization": f"Bearer {scene.bearer[person]}"} if person != "nobody" else {}
    with transaction.atomic():
        point = transaction.savepoint()
        if row.method == "GET":
            answer = client.get(row.url(scene), headers=headers)
        elif row.method == "PUT":
            answer = client.put(
                row.url(scene), json.dumps(row.data), content_type="application/json", headers=headers
            )
        else:
            answer = client.post(row.url(scene), row.form(scene), headers=headers)
        transaction.savepoint_rollback(point)
    asked_again = answer.get("Location", "").startswith("/account/confirm/")
    return ASKED_AGAIN if asked_again else answer.status_code


def test_it_answers_each_person_as_the_table_says(scene: Scene, browsers: dict[str, Client]) -> None:
    wrong = []
    for row in ROWS:
        expected = row.expected()
        if not row.proved_in:
            assert expected[row.served] < 400, (
                f"{row.name}: the one it is for must be served, or the row proves nothing"
            )
        got = {person: ask(row, person, scene, browsers[person]) for person in PEOPLE}
        if got != expected:
            wrong.append(
                f"{row.method} {row.name}: {' '.join(map(str, got.values()))} instead of {row.statuses}"
            )
    assert wrong == []
