"""What a guest shows of itself: what its agent says, and the newest picture of its display."""

from datetime import datetime

from django.db import transaction

from accounts import events
from portal.fleet.models import GuestFacts, Screenshot, VirtualMachine
from portal.machines.base import Facts

LONGEST, MOST_ADDRESSES = 100, 64


@transaction.atomic
def record_facts(*, vm_id: int, facts: Facts | None, at: datetime) -> None:
    """None is an agent that did not answer: what it said before is kept, with the time it said so."""
    vm = VirtualMachine.objects.filter(id=vm_id).first()
    if vm is None:
        return
    kept, _created = GuestFacts.objects.get_or_create(vm=vm, defaults={"asked_at": at})
    kept.asked_at = at
    if facts is not None:
        kept.answered_at = at
        kept.os_name, kept.kernel = _words(facts.os_name), _words(facts.kernel)
        kept.host_name = _words(facts.host_name)
        kept.addresses = [[_words(one) for one in pair] for pair in facts.addresses[:MOST_ADDRESSES]]
    kept.save()
    events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)


@transaction.atomic
def record_screenshot(*, vm_id: int, png: bytes, at: datetime) -> None:
    vm = VirtualMachine.objects.filter(id=vm_id).first()
    if vm is None:
        return
    Screenshot.objects.update_or_create(vm=vm, defaults={"taken_at": at, "png": png})
    events.announce(events.MACHINE_CHANGED, vm.tenant_id, vm=vm.scope_key)


def _words(said: str) -> str:
    """A guest may say anything."""
    return "".join(filter(str.isprintable, said))[:LONGEST]
