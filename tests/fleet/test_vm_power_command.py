import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from portal.fleet.models import Operation
from portal.fleet.operations import queue
from portal.fleet.operations.performing import perform
from tests.fleet.acting import scripted
from tests.world import World


def power(*arguments: str, **options: Any) -> Any:
    out = io.StringIO()
    call_command("vm_power", *arguments, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        call_command("vm_power", *arguments, stdout=io.StringIO(), stderr=io.StringIO())
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def _performed(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> Any:
    """A worker that is quick: an act is done as soon as it is committed."""
    from portal.fleet.management.commands import vm_power

    real = vm_power.ask

    def ask_and_do(**what: Any) -> Operation:
        operation = real(**what)
        perform(operation.id)
        return operation

    monkeypatch.setattr(vm_power, "ask", ask_and_do)
    monkeypatch.setattr(queue, "put", lambda operation, host: None)


@pytest.mark.usefixtures("_performed")
def test_it_waits_until_it_is_done_and_tells_the_power(world: World) -> None:
    vm = scripted(world.other_vm, "stopped")
    done = power(vm.name, "start")
    assert (done["state"], done["power"], done["vm"]) == ("succeeded", "running", vm.scope)
    assert Operation.objects.get().asked_by_name.startswith("manage.py vm_power by ")


@pytest.mark.usefixtures("_performed")
def test_its_progress_does_not_mix_with_its_result(world: World) -> None:
    vm, out, err = scripted(world.vm), io.StringIO(), io.StringIO()
    call_command("vm_power", vm.scope, "reset", json=True, stdout=out, stderr=err)
    assert json.loads(out.getvalue())["kind"] == "reset"
    assert "waiting 0 %" in err.getvalue()


@pytest.mark.usefixtures("_performed")
def test_a_failure_is_one_sentence(world: World) -> None:
    vm = scripted(world.vm, refuses="nmi")
    assert "nmi is refused, as its URL says" in refused(vm.scope, "nmi")


def test_it_does_not_guess_between_machines_of_one_name(world: World) -> None:
    assert "Several machines are called web-1" in refused("web-1", "reset")
    assert "There is no virtual machine nobody" in refused("nobody", "reset")
    assert "bare serial line" in refused("win-1", "reset")


def test_a_machine_that_is_busy_is_refused_with_who_has_it(world: World) -> None:
    vm = scripted(world.other_vm)
    assert power(vm.name, "start", no_wait=True)["state"] == "waiting"
    assert "is not finished" in refused(vm.name, "reset")
