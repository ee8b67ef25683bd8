"""Entries in words: acts of one name are told apart, and what they tell besides is no list of raw keys."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from accounts import actions
from accounts.models import AuditEntry
from portal.fleet.models import AlertTarget, VirtualMachine
from portal.fleet.review.facts import facts
from portal.fleet.review.lines import lines
from portal.fleet.review.naming import name_of
from portal.fleet.review.words import words_of
from portal.fleet.services import operations
from portal.fleet.services.targets import remove
from tests.fleet.review.conftest import Note
from tests.world import World

ClientOf = Callable[[str], Client]
Address = Callable[..., str]
GROUP = "/subscriptions/1/resourceGroups/web/providers/Microsoft.Compute"
SESSION = "6b4820393c2b46748a9ceab4cd23a427"
LINK, LOG, TENANT = actions.LOG_LINK, actions.LOG_READ, actions.TENANT_WRITE
TOLD = [
    (LINK, {"made": True, "form": "raw"}, "Make a link to a log"),
    (LINK, {"used": True}, "Read a log through a link"),
    (LINK, {"ended": True}, "End a link to a log"),
    (LINK, {}, "Make, use or end a link to a log"),
    (LOG, {"read": "log"}, "Read a log"),
    (LOG, {"read": "replay"}, "Replay a log"),
    (LOG, {"download": "cast"}, "Download a log"),
    (LOG, {}, "Read logs kept in a storage account"),
    (TENANT, {"alert_target": "1", "created": "https://hook"}, "Add a target of alerts"),
    (
        TENANT,
        {"alert_target": "1", "name": "https://hook", "tested": "ok"},
        "Send a test to a target of alerts",
    ),
    (TENANT, {"created": "Contoso"}, "Change the tenant's settings"),
    (actions.VM_RESTART, {"kind": "reset", "stage": "asked"}, "Hard reset: asked for"),
    (actions.VM_RESTART, {"kind": "reset", "stage": "ended"}, "Hard reset: done"),
    (actions.VM_RESTART, {"kind": "reset", "stage": "called off"}, "Hard reset: called off"),
    (actions.VM_RESTART, {}, "Restart or reset a virtual machine"),
    (actions.AUDIT_EXPORT, {"form": "csv", "rows": 3}, "Export the audit log"),
    (actions.AUDIT_EXPORT, {"read": "file 1"}, "Download a file of the audit log"),
    ("Something.Else/of/later", {}, "Something.Else/of/later"),
]


@pytest.mark.parametrize(("action", "details", "words"), TOLD)
def test_the_details_say_which_act_it_was(action: str, details: dict[str, object], words: str) -> None:
    with translation.override("en"):
        assert str(words_of(AuditEntry(action=action, details=details, outcome="succeeded"))) == words


def test_an_operation_that_failed_was_not_done() -> None:
    entry = AuditEntry(action=actions.VM_START, details={"kind": "start", "stage": "ended"}, outcome="failed")
    assert words_of(entry) == "Start: not done"


def test_what_services_record_is_told_so(world: World) -> None:
    owner = world.principal("owner")
    VirtualMachine.objects.filter(id=world.other_vm.id).update(machine_url="test://")
    operations.ask(by=owner, vm=world.other_vm, kind="start")
    target = AlertTarget.objects.create(tenant=world.contoso, kind="email", address="ops@example.org")
    remove(by=owner, target=target)
    words = [str(words_of(entry)) for entry in AuditEntry.objects.order_by("-id")[:3]]
    assert words[0] == "Remove a target of alerts"
    assert "Start: asked for" in words


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (f"{GROUP}/virtualMachines/web-1", "web-1"),
        (f"{GROUP}/virtualMachines/web-1/providers/Microsoft.SerialConsole/serialPorts/0", "web-1"),
        (f"{GROUP}/virtualMachineScaleSets/web-pool/virtualMachines/0", "web-pool_0"),
        (
            f"{GROUP.lower()}/virtualmachinescalesets/web-pool/virtualmachines/12/providers/x/y/0",
            "web-pool_12",
        ),
        ("/subscriptions/1/resourceGroups/web/", "web"),
    ],
)
def test_an_instance_and_a_port_have_the_name_of_their_machine(scope: str, name: str) -> None:
    assert name_of(scope) == name


def test_a_line_and_a_lane_name_the_instance(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    scope = f"{world.group.scope}/providers/Microsoft.Compute/virtualMachineScaleSets/pool/virtualMachines/0"
    entry = note("contributor", actions.VM_START, scope)
    assert lines(world.contoso, [entry])[0].where == "pool_0"
    picture = client_of("auditor").get(address("audit_timeline"), {"by": "machine"}).context["picture"]
    assert "pool_0" in [lane.name for lane in picture.lanes]


def test_a_takeover_says_whose_keyboard_it_was_and_leads_to_the_session_that_lost_it(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    person = world.people["watcher"].id
    details = {"how": "taken", "name": "watcher", "person": str(person), "lost_session": SESSION}
    entry = note("contributor", actions.TAKE_OVER, world.vm.scope, details=details)
    told = {str(fact.name): str(fact.value) for fact in facts(entry)}
    assert told["How"] == "taken from whoever had it"
    assert told["Whose it was"] == "watcher"
    assert "person" not in told
    story = client_of("auditor").get(address("audit_entry", entry.seq)).content.decode()
    assert 'href="/sessions/6b482039-3c2b-4674-8a9c-eab4cd23a427/"' in story
    assert f"?who={person}" in story
    assert "lost session" not in story


def test_what_is_not_known_is_told_as_it_is() -> None:
    entry = AuditEntry(details={"some_key": {"a": [1]}, "multi_factor": True, "expires": None})
    told = {str(fact.name): str(fact.value) for fact in facts(entry)}
    assert told == {"some key": '{"a": [1]}', "With a second factor": "yes", "Until": "–"}
