import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import Invitation, Membership, SignIn, User
from accounts.roles import READER
from accounts.services.password_reset import person_of_reset
from accounts.services.tenants import add_member, invite
from tests.accounts.test_people import audited, page_of, people_manager, refused
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]


def reset_token(answer: object) -> str:
    found = re.search(r"/new-password/([^/]+)/", answer.content.decode())  # type: ignore[attr-defined]
    assert found
    return found[1]


def test_a_reset_link_is_shown_once_works_once_and_ends_every_session(
    world: World, client_of: ClientOf
) -> None:
    watcher, owner = world.people["watcher"], client_of("owner")
    client_of("watcher")
    answer = owner.post(page_of(watcher, "reset/"))
    token = reset_token(answer)
    assert "no-store" in answer["Cache-Control"]
    assert token not in owner.get(page_of(watcher)).content.decode()
    assert token not in audited(world)
    anybody, new = (
        Client(),
        {"new_password1": "a fresh long password", "new_password2": "a fresh long password"},
    )
    assert "watcher" in anybody.get(f"/new-password/{token}/").content.decode()
    assert anybody.post(f"/new-password/{token}/", new).status_code == 302
    assert User.objects.get(id=watcher.id).check_password(new["new_password1"])
    assert not SignIn.objects.filter(user=watcher, ended_at=None).exists()
    assert anybody.get(f"/new-password/{token}/").status_code == 410
    assert anybody.post(f"/new-password/{token}/", new).status_code == 410


def test_a_weak_new_password_is_told_at_the_field(world: World, client_of: ClientOf) -> None:
    token = reset_token(client_of("owner").post(page_of(world.people["watcher"], "reset/")))
    answer = Client().post(f"/new-password/{token}/", {"new_password1": "short", "new_password2": "short"})
    assert answer.status_code == 200
    assert "too short" in answer.content.decode()


def test_an_account_of_two_tenants_is_nobodys_to_take_over(world: World, client_of: ClientOf) -> None:
    watcher, owner = world.people["watcher"], client_of("owner")
    token = reset_token(owner.post(page_of(watcher, "reset/")))
    add_member(by=SYSTEM, tenant=world.fabrikam, user=watcher)
    answer = owner.post(page_of(watcher, "reset/"))
    assert "belongs to another tenant too" in answer.content.decode()
    assert "/new-password/" not in answer.content.decode()
    assert person_of_reset(token) is None
    Membership.objects.filter(tenant=world.fabrikam, user=watcher).update(is_active=False)
    assert "belongs to another tenant too" in owner.post(page_of(watcher, "reset/")).content.decode()


def test_platform_staff_in_a_tenant_cannot_be_taken_over_either(world: World, client_of: ClientOf) -> None:
    add_member(by=SYSTEM, tenant=world.contoso, user=world.people["staff"])
    answer = client_of("owner").post(page_of(world.people["staff"], "reset/"))
    assert "Nobody of a tenant may reset" in answer.content.decode()


def test_who_may_only_manage_people_cannot_rise_by_taking_hold_of_an_owner(
    world: World, client_of: ClientOf
) -> None:
    people_manager(world)
    manager = client_of("manager")
    assert reset_token(manager.post(page_of(world.people["bystander"], "reset/")))
    refused(
        manager.post(page_of(world.people["owner"], "reset/")), actions.ASSIGNMENT_WRITE, world.contoso.scope
    )
    refused(
        manager.post(page_of(world.people["owner"], "remove/")),
        actions.ASSIGNMENT_DELETE,
        world.contoso.scope,
    )
    assert "role" not in manager.get("/people/invite/").context["form"].fields
    assert reset_token(client_of("owner").post(page_of(world.people["watcher"], "reset/")))


def test_an_invitation_is_mailed_and_its_link_shown_once(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    answer = owner.post("/people/invite/", {"email": "new@example.com", "role": str(READER.id)})
    invitation = Invitation.objects.get(email="new@example.com")
    assert (invitation.role_id, invitation.scope) == (READER.id, world.contoso.scope)
    found = re.search(r"http://testserver/invitations/(hpi_[\w-]+)/", answer.content.decode())
    assert found
    assert "no-store" in answer["Cache-Control"]
    assert mail.outbox[0].to == ["new@example.com"]
    assert found[0] in mail.outbox[0].body
    after = owner.get("/people/").content.decode()
    assert "new@example.com" in after
    assert found[1] not in after + audited(world)


def test_without_a_mail_server_the_link_is_shown_and_written_nowhere_else(
    world: World, client_of: ClientOf, settings: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    owner = client_of("owner")
    asked = owner.get("/people/invite/").content.decode()
    assert ("Copy it and send it yourself" in asked, "by e-mail" in asked) == (True, False)
    answer = owner.post("/people/invite/", {"email": "new@example.com"})
    shown = answer.content.decode()
    assert ("Copy the link and send it yourself" in shown, "mail server" in shown) == (True, False)
    found = re.search(r"hpi_[\w-]+", answer.content.decode())
    assert found
    printed = capfd.readouterr()
    assert found[0] not in printed.out + printed.err


def test_a_mail_server_that_is_down_loses_no_invitation(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("accounts.services.invitations.send_mail", down)
    answer = client_of("owner").post("/people/invite/", {"email": "new@example.com"})
    assert "did not take the message" in answer.content.decode()
    assert "/invitations/hpi_" in answer.content.decode()


def test_an_address_that_is_in_or_invited_already_is_told_at_the_field(
    world: World, client_of: ClientOf
) -> None:
    User.objects.filter(username="watcher").update(email="watcher@example.com")
    invite(by=SYSTEM, tenant=world.contoso, email="waiting@example.com")
    owner = client_of("owner")
    assert (
        "in the tenant already"
        in owner.post("/people/invite/", {"email": "Watcher@example.com"}).content.decode()
    )
    assert (
        "open invitation" in owner.post("/people/invite/", {"email": "waiting@example.com"}).content.decode()
    )
    assert "no-such" in owner.post("/people/invite/", {"email": "no-such"}).content.decode()
    assert mail.outbox == []


def test_a_reader_neither_sees_nor_sends_nor_revokes_invitations(world: World, client_of: ClientOf) -> None:
    invitation, _token = invite(by=SYSTEM, tenant=world.contoso, email="waiting@example.com")
    revoke = f"/people/invitations/{invitation.id}/revoke/"
    reader, owner = client_of("reader"), client_of("owner")
    assert "waiting@example.com" not in reader.get("/people/").content.decode()
    refused(reader.get("/people/invite/"), actions.DIRECTORY_WRITE, world.contoso.scope)
    refused(reader.post(revoke), actions.DIRECTORY_WRITE, world.contoso.scope)
    assert client_of("stranger").post(revoke).status_code == 404
    assert "waiting@example.com" in owner.get("/people/").content.decode()
    assert owner.post(revoke).status_code == 302
    assert not Invitation.objects.exists()
    assert "invitation_revoked" in audited(world)


def test_an_accepted_invitation_is_not_revoked(world: World, client_of: ClientOf) -> None:
    invitation, _token = invite(by=SYSTEM, tenant=world.contoso, email="waiting@example.com")
    Invitation.objects.update(accepted_at=timezone.now())
    client_of("owner").post(f"/people/invitations/{invitation.id}/revoke/")
    assert Invitation.objects.exists()
