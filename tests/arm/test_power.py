"""Power by REST, as ARM's clients ask for it and poll it."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from portal.fleet.models import Operation, ScaleSet, VirtualMachine
from portal.fleet.operations.performing import perform
from portal.fleet.services.operations import ask
from tests.arm.conftest import CallerOf
from tests.fleet.acting import scripted
from tests.world import SYSTEM, World


def polled(answer: Any, header: str) -> str:
    parts = urlsplit(answer[header])
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize(
    ("verb", "kind"),
    [
        ("start", "start"),
        ("restart", "restart"),
        ("powerOff", "shut_down"),
        ("powerOff?skipShutdown=true", "power_off"),
        ("POWEROFF?skipShutdown=false&api-version=2024-11-01", "shut_down"),
        ("deallocate?api-version=2025-11-01", "deallocate"),
        ("redeploy?api-version=2022-11-01", "redeploy"),
    ],
)
def test_each_act_is_accepted_and_polled_by_both_of_its_addresses(
    world: World, caller_of: CallerOf, verb: str, kind: str
) -> None:
    vm, owner = scripted(world.vm), caller_of("owner")
    answer = owner.post(f"{vm.scope}/{verb}")
    assert (answer.status_code, answer.content, answer["Retry-After"]) == (202, b"", "1")
    operation = Operation.objects.get()
    assert operation.kind == kind
    state, end = polled(answer, "Azure-AsyncOperation"), polled(answer, "Location")
    assert f"/locations/{vm.location}/operations/{operation.id}?api-version=20" in state
    assert owner.get(state).json()["status"] == "InProgress"
    assert (owner.get(end).status_code, owner.get(end)["Retry-After"]) == (202, "1")
    perform(operation.id)
    done = owner.get(state).json()
    assert (done["status"], done["name"], "error" in done) == ("Succeeded", str(operation.id), False)
    assert done["startTime"] < done["endTime"]
    assert (owner.get(end).status_code, owner.get(end).content) == (200, b"")


def test_a_failure_is_told_with_its_code_by_both_addresses(world: World, caller_of: CallerOf) -> None:
    vm, owner = scripted(world.vm, refuses="power_off"), caller_of("owner")
    answer = owner.post(f"{vm.scope}/powerOff?skipShutdown=true")
    perform(Operation.objects.get().id)
    told = owner.get(polled(answer, "Azure-AsyncOperation")).json()
    assert (told["status"], told["error"]["code"]) == ("Failed", "MachineRefused")
    ended = owner.get(polled(answer, "Location"))
    assert (ended.status_code, ended.json()["error"]["code"]) == (409, "MachineRefused")


def test_a_machine_that_is_busy_or_off_is_a_conflict(world: World, caller_of: CallerOf) -> None:
    vm, owner = scripted(world.vm), caller_of("owner")
    ask(by=world.principal("contributor"), vm=vm, kind="start")
    busy = owner.post(f"{vm.scope}/restart")
    assert (busy.status_code, busy.json()["error"]["code"]) == (409, "OperationNotAllowed")
    assert "contributor asked for" in busy.json()["error"]["message"]
    off = owner.post(f"{scripted(world.other_vm, 'stopped').scope}/restart")
    assert (off.status_code, off.json()["error"]["code"]) == (409, "OperationNotAllowed")


def test_an_instance_of_a_scale_set_has_power_too(world: World, caller_of: CallerOf) -> None:
    base = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    pool = ScaleSet.objects.create(name="pool", **base)
    made = VirtualMachine.objects.create(name="pool_2", os="Linux", scale_set=pool, instance_id=2, **base)
    instance = scripted(made, "stopped")
    answer = caller_of("owner").post(f"{pool.scope}/virtualMachines/2/start")
    assert answer.status_code == 202
    assert Operation.objects.get().vm == instance
    assert caller_of("owner").post(f"{pool.scope}/start").status_code == 404


def test_an_operation_is_known_only_where_its_machine_is(world: World, caller_of: CallerOf) -> None:
    vm = scripted(world.vm)
    operation = ask(by=SYSTEM, vm=vm, kind="reset")
    place = "/providers/Microsoft.Compute/locations/local/operations"
    here = f"/subscriptions/{world.subscription.id}{place}/{operation.id}"
    assert caller_of("owner").get(here).status_code == 200
    assert caller_of("stranger").get(here).status_code == 404
    elsewhere = f"/subscriptions/{world.foreign_subscription.id}{place}/{operation.id}"
    assert caller_of("stranger").get(elsewhere).status_code == 404
    assert caller_of("owner").get(f"/subscriptions/{world.subscription.id}{place}/nothing").status_code == 404


def test_who_may_not_is_refused_by_the_action_and_nothing_is_asked(world: World, caller_of: CallerOf) -> None:
    vm = scripted(world.vm)
    refused = caller_of("watcher").post(f"{vm.scope}/deallocate")
    assert refused.status_code == 403
    assert "virtualMachines/deallocate/action" in refused.json()["error"]["message"]
    assert not Operation.objects.exists()
    assert caller_of("owner").post(f"{vm.scope}/deallocate").status_code == 202
