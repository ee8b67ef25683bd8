"""What saving boot diagnostics would end or delete. In: a machine, and what somebody has filled in. Out: sentences, for the page that asks first."""

from collections import Counter
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consoles import sessions
from consoles.kept.log import log_of
from consoles.record.mark import SKIP
from portal.fleet.models import VirtualMachine
from portal.fleet.models.vms import MIB


def consequences(vm: VirtualMachine, given: dict[str, Any]) -> list[str]:
    off = vm.boot_diagnostics and not given["enabled"]
    return [*(_of_turning_off(vm) if off else []), *_of_less_room(vm, given["log_limit_mib"] * MIB)]


def _of_turning_off(vm: VirtualMachine) -> list[str]:
    names = {"vm": vm.name}
    return [
        _("The serial console of %(vm)s is closed: without boot diagnostics there is none.") % names,
        _("Nothing that it prints is kept from then on. What was kept before stays."),
        _who_is_cut_off(vm),
    ]


def _who_is_cut_off(vm: VirtualMachine) -> str:
    """A person once, however many windows they have."""
    attached = Counter(sessions.of_vm(vm).values_list("principal_id", "principal_name"))
    if not attached:
        return _("Nobody is attached now.")
    by_name = sorted((name, count) for (_id, name), count in attached.items())
    return _("These sessions end at once: %(names)s.") % {
        "names": ", ".join(_counted(*one) for one in by_name)
    }


def _counted(name: str, count: int) -> str:
    if count == 1:
        return name
    text = ngettext("%(name)s (%(count)d window)", "%(name)s (%(count)d windows)", count)
    return text % {"name": name, "count": count}


def _of_less_room(vm: VirtualMachine, limit: int) -> list[str]:
    """Each of its ports has a log of that size."""
    if limit >= vm.log_limit_bytes:
        return []
    logs = [log_of(line) for line in vm.ports.values_list("line_id", flat=True)]
    gone = sum(max((log.end - log.start) % SKIP - limit, 0) for log in logs)
    if not gone:
        return []
    told = {"size": filesizeformat(gone), "vm": vm.name}
    return [
        _("About %(size)s of the oldest output of %(vm)s are deleted, and cannot be brought back.") % told
    ]
