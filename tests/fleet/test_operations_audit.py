import json

from accounts import actions
from accounts.models import AuditEntry
from tests.fleet.acting import done, scripted
from tests.world import World


def test_asking_and_outcome_are_two_entries_of_whoever_asked(world: World) -> None:
    vm = scripted(world.vm, refuses="nmi")
    by = world.principal("owner")
    operation = done(vm, "nmi", by=by)
    asked, outcome = AuditEntry.objects.filter(action=actions.NMI).order_by("seq")
    assert asked.details == {"operation": str(operation.id), "kind": "nmi", "stage": "asked"}
    assert (asked.outcome, asked.principal_id, asked.scope) == ("succeeded", by.id, vm.scope)
    assert (outcome.outcome, outcome.error_code) == ("failed", "machine_refused")
    assert (outcome.principal_id, outcome.address) == (by.id, "127.0.0.1")
    assert outcome.details["stage"] == "ended"


def test_the_keys_of_a_sysrq_are_in_the_audit(world: World) -> None:
    done(scripted(world.vm), "sysrq", letters="b")
    asked = AuditEntry.objects.filter(action=actions.SYSRQ).order_by("seq").first()
    assert asked is not None
    assert asked.details["letters"] == "b"


def test_what_only_looks_leaves_no_entry(world: World) -> None:
    before = AuditEntry.objects.count()
    done(scripted(world.vm), "facts")
    assert AuditEntry.objects.count() == before


def test_what_a_machine_says_is_kept_short_and_printable(world: World) -> None:
    operation = done(scripted(world.vm, refuses="reset,%1b[31m"), "reset")
    assert operation.error_message.isprintable()
    assert len(json.dumps(operation.result)) < 100
