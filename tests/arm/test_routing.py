import pytest

from tests import world as worlds
from tests.arm.conftest import CallerOf


def switch(world: worlds.World) -> str:
    return f"/subscriptions/{world.subscription.id}/providers/Microsoft.SerialConsole/consoleServices/default"


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase, str.title])
def test_paths_are_found_in_any_case(world: worlds.World, caller_of: CallerOf, change: object) -> None:
    owner = caller_of("owner")
    assert callable(change)
    for path in [
        switch(world),
        world.vm.scope,
        f"{world.vm.scope}/providers/Microsoft.SerialConsole/serialPorts/0",
    ]:
        assert owner.get(change(path)).status_code == 200, path


@pytest.mark.parametrize(
    "tail", ["", "/", "?api-version=2018-05-01", "?api-version=2024-07-01", "/?api-version=nonsense"]
)
def test_any_api_version_passes_and_none_is_needed(
    world: worlds.World, caller_of: CallerOf, tail: str
) -> None:
    assert caller_of("owner").get(switch(world) + tail).json() == {"properties": {"disabled": False}}


@pytest.mark.parametrize(
    "path",
    [
        "/providers",
        "/providers/Microsoft.Nothing/here",
        "/subscriptions/{s}/providers/Microsoft.SerialConsole/consoleServices/other",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/web-1/dance",
        "/subscriptions/{s}/%00",
        "/subscriptions/{s}/a%0Ab%0A",
        "/tenants/x/y",
    ],
)
def test_what_there_is_no_route_for_is_not_found_in_json(
    world: worlds.World, caller_of: CallerOf, path: str
) -> None:
    owner = caller_of("owner")
    assert owner.get("/subscriptions").status_code == 200
    answer = owner.get(path.format(s=world.subscription.id))
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/json"
    assert set(answer.json()["error"]) == {"code", "message"}


def test_what_cannot_be_done_to_a_resource_is_said_in_json(world: worlds.World, caller_of: CallerOf) -> None:
    answer = caller_of("owner")("DELETE", switch(world))
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"
    assert answer.json()["error"]["code"] == "MethodNotAllowed"


def test_a_foreign_tenants_things_look_like_nothing(world: worlds.World, caller_of: CallerOf) -> None:
    """The stranger's answer for what exists is the one for what does not, but for the name in it."""
    real, unreal = str(world.subscription.id), "00000000-0000-0000-0000-000000000000"
    owner, stranger = caller_of("owner"), caller_of("stranger")
    paths = [
        "/subscriptions/{s}",
        "/subscriptions/{s}/locations",
        "/subscriptions/{s}/resourcegroups",
        "/subscriptions/{s}/resourcegroups/web",
        "/subscriptions/{s}/providers/Microsoft.SerialConsole/consoleServices/default",
        "/subscriptions/{s}/providers/Microsoft.SerialConsole/serialPorts",
        "/subscriptions/{s}/providers/Microsoft.Storage/storageAccounts",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Storage/storageAccounts/contosodiag",
        "/subscriptions/{s}/providers/Microsoft.Compute/virtualMachines",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/web-1",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/web-1/instanceView",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/web-1/providers/Microsoft.SerialConsole/serialPorts",
        "/subscriptions/{s}/resourceGroups/web/providers/Microsoft.Compute/virtualMachines/web-1/providers/Microsoft.SerialConsole/serialPorts/0",
    ]
    for path in paths:
        assert owner.get(path.format(s=real)).status_code == 200, path
        answer = stranger.get(path.format(s=real))
        nothing = stranger.get(path.format(s=unreal))
        assert answer.status_code == nothing.status_code == 404, path
        assert answer.content.replace(real.encode(), b"") == nothing.content.replace(unreal.encode(), b""), (
            path
        )


def test_missing_things_are_named_by_the_code_clients_know(world: worlds.World, caller_of: CallerOf) -> None:
    owner = caller_of("owner")
    assert owner.get("/subscriptions/x").json()["error"]["code"] == "SubscriptionNotFound"
    missing = owner.get(world.vm.scope.replace("web-1", "web-9"))
    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "ResourceNotFound"


def test_the_try_it_page_is_for_people_who_signed_in(world: worlds.World, client_of: object) -> None:
    assert callable(client_of)
    page = client_of("owner").get("/api/docs")
    assert page.status_code == 200
    assert b"https://" not in page.content
    schema = client_of("owner").get("/api/openapi.json").json()
    assert (
        "/subscriptions/{subscription}/providers/Microsoft.SerialConsole/consoleServices/default"
        in schema["paths"]
    )
