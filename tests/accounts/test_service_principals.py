import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken, AuditEntry, ServicePrincipal, ServicePrincipalSecret
from accounts.roles import OWNER
from accounts.services.credentials import add_secret, program_with_secret, token_for_program
from accounts.services.roles import assign_role
from tests.accounts.test_people import people_manager, refused
from tests.world import SYSTEM, World, role

ClientOf = Callable[[str], Client]


def page_of(world: World, act: str = "") -> str:
    assert world.program
    return f"/service-principals/{world.program.id}/{act}"


def test_the_page_shows_ids_and_how_to_get_a_token(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get(page_of(world)).content.decode()
    assert world.program
    for shown in (world.contoso.id, world.program.client_id, world.program.id):
        assert str(shown) in text
    assert f"http://testserver/{world.contoso.id}/oauth2/v2.0/token" in text
    assert client_of("reader").get(page_of(world)).status_code == 200
    assert client_of("stranger").get(page_of(world)).status_code == 404
    refused(client_of("bystander").get(page_of(world)), actions.DIRECTORY_READ, world.contoso.scope)
    assert "pipeline" in client_of("owner").get("/service-principals/").content.decode()
    assert "pipeline" not in client_of("stranger").get("/service-principals/").content.decode()


@pytest.mark.parametrize("act", ["secrets/", "disable/", "enable/", "delete/"])
def test_a_reader_may_look_but_not_act(world: World, client_of: ClientOf, act: str) -> None:
    refused(
        client_of("reader").post(page_of(world, act), {"days": 30}),
        actions.DIRECTORY_WRITE,
        world.contoso.scope,
    )
    assert client_of("stranger").post(page_of(world, act), {"days": 30}).status_code == 404
    assert client_of("owner").post(page_of(world, act), {"days": 30}).status_code in (200, 302)


def test_one_is_created_and_a_taken_name_is_told_at_the_field(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    assert owner.post("/service-principals/new/", {"name": "backup"}).status_code == 302
    assert ServicePrincipal.objects.get(name="backup").tenant == world.contoso
    assert (
        "of this name already" in owner.post("/service-principals/new/", {"name": "backup"}).content.decode()
    )


def new_secret(answer: object) -> str:
    found = re.search(r"hps_[\w-]+", answer.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[0]


def test_a_secret_is_shown_once_and_works(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    answer = owner.post(page_of(world, "secrets/"), {"days": 30})
    text = new_secret(answer)
    assert "no-store" in answer["Cache-Control"]
    assert world.program
    assert program_with_secret(str(world.program.client_id), text) == world.program
    assert text not in owner.get(page_of(world)).content.decode()
    assert text not in str(list(AuditEntry.objects.values_list("details", flat=True)))
    assert not ServicePrincipalSecret.objects.filter(secret_hash__contains=text).exists()


def test_a_third_live_secret_is_refused_with_the_way_out(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    for _time in range(2):
        new_secret(owner.post(page_of(world, "secrets/"), {"days": 30}))
    answer = owner.post(page_of(world, "secrets/"), {"days": 30})
    assert "Two secrets are live already" in answer.content.decode()
    assert "hps_" not in answer.content.decode()
    assert "valid choice" in owner.post(page_of(world, "secrets/"), {"days": 9999}).content.decode()


def test_a_secret_that_expires_soon_is_marked(world: World, client_of: ClientOf) -> None:
    assert world.program
    secret, _text = add_secret(by=SYSTEM, program=world.program, days=180)
    owner = client_of("owner")
    assert "expires soon" not in owner.get(page_of(world)).content.decode()
    ServicePrincipalSecret.objects.filter(id=secret.id).update(expires_at=timezone.now() + timedelta(days=3))
    assert "expires soon" in owner.get(page_of(world)).content.decode()
    soon = timezone.localtime(timezone.now() + timedelta(days=3)).strftime("%Y-%m-%d")
    assert f"expires {soon}" in owner.get("/service-principals/").content.decode()


def test_revoking_takes_two_steps_and_ends_tokens(world: World, client_of: ClientOf) -> None:
    assert world.program
    secret, text = add_secret(by=SYSTEM, program=world.program)
    token_for_program(program=world.program)
    address, owner = page_of(world, f"secrets/{secret.id}/revoke/"), client_of("owner")
    assert client_of("stranger").get(address).status_code == 404
    refused(client_of("reader").get(address), actions.DIRECTORY_WRITE, world.contoso.scope)
    assert owner.get(address).status_code == 200
    assert program_with_secret(str(world.program.client_id), text)
    owner.post(address)
    assert program_with_secret(str(world.program.client_id), text) is None
    assert not ApiToken.objects.live().exists()
    assert owner.get(address).status_code == 404


def test_disabling_ends_tokens_and_enabling_brings_secrets_back(world: World, client_of: ClientOf) -> None:
    assert world.program
    _secret, text = add_secret(by=SYSTEM, program=world.program)
    token_for_program(program=world.program)
    owner = client_of("owner")
    owner.post(page_of(world, "disable/"))
    assert program_with_secret(str(world.program.client_id), text) is None
    assert not ApiToken.objects.live().exists()
    owner.post(page_of(world, "enable/"))
    assert program_with_secret(str(world.program.client_id), text)


def test_deleting_takes_two_steps(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    assert "cannot be undone" in owner.get(page_of(world, "delete/")).content.decode()
    assert ServicePrincipal.objects.filter(name="pipeline").exists()
    owner.post(page_of(world, "delete/"))
    assert not ServicePrincipal.objects.filter(name="pipeline").exists()


def test_a_secret_of_a_program_with_roles_takes_the_right_to_give_roles(
    world: World, client_of: ClientOf
) -> None:
    people_manager(world)
    manager = client_of("manager")
    assert new_secret(manager.post(page_of(world, "secrets/"), {"days": 30}))
    assert world.program
    assign_role(
        by=SYSTEM, tenant=world.contoso, principal_kind="ServicePrincipal", principal_id=world.program.id,
        role=role(OWNER), scope=world.contoso.scope,
    )  # fmt: skip
    answer = manager.post(page_of(world, "secrets/"), {"days": 30})
    refused(answer, actions.ASSIGNMENT_WRITE, world.contoso.scope)
    assert new_secret(client_of("owner").post(page_of(world, "secrets/"), {"days": 30}))
