import time
from argparse import ArgumentParser
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.management.lookups import operator, the_one
from portal.config.commands import OperatorCommand, Refused, Row
from portal.fleet.models import Operation, OperationState, VirtualMachine
from portal.fleet.operations.kinds import KINDS
from portal.fleet.operations.possible import Impossible
from portal.fleet.operations.sentences import busy_with, sentence_of
from portal.fleet.services.operations import Busy, ask

LOOK = 0.3
WORDS = {kind.replace("_", "-"): kind for kind in map(str, KINDS)}


class Command(OperatorCommand):
    help = "Does something to a machine, as its page would: start, restart, shut-down, reset … and waits until it is done."
    writes = False

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("vm", help="its name where only one has it, or its scope: /subscriptions/…")
        parser.add_argument("kind", choices=sorted(WORDS))
        parser.add_argument("--letters", default="", help="for sysrq: one letter, or a sequence as in REISUB")
        parser.add_argument("--pause", default="1", help="for sysrq: seconds between letters")
        parser.add_argument("--no-wait", action="store_true", help="only ask for it")

    def act(self, *, vm: str, kind: str, letters: str, pause: str, no_wait: bool, **options: Any) -> Row:
        machine, details = _machine(vm), {}
        if WORDS[kind] == "sysrq":
            details = {"letters": letters, "pause": pause}
        try:
            asked = ask(by=operator("vm_power"), vm=machine, kind=WORDS[kind], details=details)
        except Busy as busy:
            raise Refused(busy_with(busy.operation)) from busy
        except Impossible as impossible:
            raise Refused(impossible.sentence) from impossible
        return self._row(asked if no_wait else self._ended(asked))

    def _ended(self, operation: Operation) -> Operation:
        """Its progress goes where it does not disturb whoever reads the result."""
        told = ""
        while operation.unfinished:
            now = f"{operation.get_state_display()} {operation.progress} %"
            if now != told:
                self.stderr.write(now)
                told = now
            time.sleep(LOOK)
            operation = Operation.objects.select_related("vm").get(id=operation.id)
        return operation

    def _row(self, operation: Operation) -> Row:
        if operation.state in (OperationState.FAILED, OperationState.CANCELLED):
            raise Refused(sentence_of(operation))
        return {
            "vm": operation.vm.scope,
            "operation": str(operation.id),
            "kind": operation.kind,
            "state": operation.state,
            "power": operation.vm.power_state,
        }


def _machine(value: str) -> VirtualMachine:
    found = list(
        VirtualMachine.objects.filter(Q(scope_key=value.lower()) | Q(name__iexact=value)).select_related(
            "resource_group", "scale_set__resource_group"
        )[:2]
    )
    if len(found) > 1:
        raise Refused(_("Several machines are called %(name)s. Give the scope of one.") % {"name": value})
    return the_one(
        found, _("There is no virtual machine %(name)s. vm_list shows those there are.") % {"name": value}
    )
