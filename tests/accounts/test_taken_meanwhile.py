"""Two people at once: a name that is taken between the form's look and the service's is told at the form, never a server error."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts.forms.directory import GroupForm, ServicePrincipalForm
from accounts.models import Group, IdentityProvider, RoleDefinition, ServicePrincipal
from accounts.services.people import save_group
from portal.fleet.models import Subscription
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]
TAKEN = "This name is taken."


@pytest.fixture
def group(world: World) -> Group:
    return save_group(by=SYSTEM, tenant=world.contoso, group=Group(name="on call"))


def test_a_groups_name(
    world: World, client_of: ClientOf, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(GroupForm, "clean_name")
    answer = client_of("owner").post("/groups/new/", {"name": "on call", "description": "typed"})
    assert answer.status_code == 200
    assert TAKEN in answer.content.decode()
    assert "typed" in answer.content.decode()
    assert Group.objects.count() == 1


def test_a_service_principals_name(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(ServicePrincipalForm, "clean_name")
    answer = client_of("owner").post("/service-principals/new/", {"name": "pipeline"})
    assert answer.status_code == 200
    assert TAKEN in answer.content.decode()
    assert ServicePrincipal.objects.count() == 1


def test_every_name_that_is_taken_is_told_in_the_same_plain_words(world: World, group: Group) -> None:
    RoleDefinition.objects.create(tenant=world.contoso, name="Night shift")
    provider = {"slug": "acme", "issuer": "https://id.example", "client_id": "x", "name": "Acme"}
    IdentityProvider.objects.create(tenant=world.contoso, **provider)
    for twice in (
        Group(tenant=world.contoso, name="on call"),
        ServicePrincipal(tenant=world.contoso, name="pipeline"),
        RoleDefinition(tenant=world.contoso, name="Night shift", actions=["*/read"], data_actions=["x/y"]),
        Subscription(tenant=world.contoso, name="production"),
        IdentityProvider(tenant=world.contoso, **provider),
    ):
        with pytest.raises(ValidationError) as refused:
            twice.full_clean()
        assert refused.value.messages == [TAKEN]
