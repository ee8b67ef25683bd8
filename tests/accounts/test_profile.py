from collections.abc import Callable
from typing import Any

from django.test import Client

from accounts.models import AuditEntry, User
from tests.world import World

GOOD = {"display_name": "Olivia Owner", "email": "olivia@contoso.example", "language": "nl", "theme": "dark"}


def save(client: Client, **fields: str) -> Any:
    return client.post("/account/", {**GOOD, **fields})


def test_it_saves_name_address_language_and_theme(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("owner")
    assert save(client)["Location"] == "/account/"
    user = User.objects.get(username="owner")
    assert {field: getattr(user, field) for field in GOOD} == GOOD
    page = client.get("/account/").content.decode()
    assert '<html lang="nl" data-theme="dark"' in page
    changed = AuditEntry.objects.latest("id").details
    assert changed["after"]["email"] == "olivia@contoso.example"


def test_it_says_what_is_wrong_at_the_field_and_keeps_what_was_typed(
    client_of: Callable[[str], Client],
) -> None:
    client = client_of("owner")
    for field, value in [
        ("email", "no address"),
        ("language", "xx"),
        ("theme", "pink"),
        ("display_name", ""),
    ]:
        page = save(client, **{field: value})
        assert page.status_code == 200, field
        assert "Olivia" in page.content.decode() or field == "display_name"
        assert field in page.context["form"].errors
    assert "olivia" not in client.get("/account/").content.decode().lower()
    assert save(client).status_code == 302


def test_it_changes_nothing_that_is_not_on_the_form(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("reader")
    save(client, is_staff="on", username="owner2", sign_in_epoch="9")
    user = User.objects.get(id=world.people["reader"].id)
    assert (user.is_staff, user.username, user.sign_in_epoch, user.email) == (
        False,
        "reader",
        0,
        GOOD["email"],
    )


def test_it_takes_the_language_of_the_switch_into_the_profile(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    client.post("/language/", {"language": "ko", "next": "/account/"})
    assert User.objects.get(username="owner").language == "ko"


def test_it_offers_no_password_to_whoever_has_none(world: World, client_of: Callable[[str], Client]) -> None:
    client = client_of("owner")
    assert client.get("/account/password/").status_code == 200
    user = User.objects.get(username="owner")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    session = client.session
    session["sign_in"] = str(user.sign_ins.get().id)
    session.save()
    assert client.get("/account/password/")["Location"] == "/account/"
    assert "identity provider" in client.get("/account/").content.decode()


LOOKS = {"size": "18", "family": "Hack", "theme": "contrast", "screen_reader": "on"}


def test_it_remembers_how_the_terminal_looks_to_a_person(
    world: World, client_of: Callable[[str], Client]
) -> None:
    assert client_of("owner").post("/account/terminal/", LOOKS).status_code == 200
    chosen = {"size": 18, "family": "Hack", "theme": "contrast", "screen_reader": True}
    assert User.objects.get(username="owner").terminal == chosen
    assert User.objects.get(username="reader").terminal == {}


def test_it_keeps_the_looks_that_were_when_new_ones_make_no_sense(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("owner")
    assert client.post("/account/terminal/", LOOKS).status_code == 200
    for field, value in [
        ("size", "7"),
        ("size", "41"),
        ("size", "x"),
        ("family", "Wingdings"),
        ("theme", "pink"),
    ]:
        answer = client.post("/account/terminal/", {**LOOKS, field: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert User.objects.get(username="owner").terminal["size"] == 18


def test_it_takes_looks_from_the_portals_own_pages_only(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["owner"])
    assert client.post("/account/terminal/", LOOKS).status_code == 403
