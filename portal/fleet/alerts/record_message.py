"""What an alert of records says. In: what is not kept as promised, and whether that is over. Out: the same as of a machine.

Figures are of when it is sent: what waits for a store that is away grows.
"""

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.fleet.alerts.form import link, machine, readable, stamp
from portal.fleet.models import RecordTrouble, RecordTroubleKind
from portal.fleet.places import place_of

BEGAN = {
    RecordTroubleKind.DAMAGE: gettext_lazy(
        "Recorded output that %(where)s keeps was found damaged or missing at %(at)s. There may be more of it than was seen so far; what lies beside it is read as ever."
    ),
    RecordTroubleKind.STORE_AWAY: gettext_lazy(
        "%(where)s has taken no recorded output since %(at)s. Machines whose output waits on their hosts' disks alone: %(machines)s, with %(size)s. The oldest of it is lost where a disk's window is full."
    ),
    RecordTroubleKind.OUTPUT_LOST: gettext_lazy(
        "Recorded output was overwritten on a host's disk before %(where)s took it, seen at %(at)s. Other machines that keep their logs there may have lost some, too."
    ),
}
OVER = {
    RecordTroubleKind.DAMAGE: gettext_lazy(
        "Nothing that %(where)s keeps is known to be damaged or missing any more, as of %(at)s."
    ),
    RecordTroubleKind.STORE_AWAY: gettext_lazy(
        "No recorded output waits because of %(where)s any more, as of %(at)s."
    ),
}


def as_json(trouble: RecordTrouble, *, is_over: bool) -> dict[str, object]:
    account = trouble.account
    waiting = {"machines": trouble.machines, "waitingBytes": trouble.waiting_bytes}
    return {
        "kind": trouble.kind,
        "over": is_over,
        "at": stamp(trouble.at(is_over=is_over)),
        "storageAccount": {"id": account.scope, "name": account.name} if account else None,
        "vm": machine(trouble.vm) if trouble.vm else None,
        **(waiting if trouble.kind == RecordTroubleKind.STORE_AWAY and not is_over else {}),
        "url": link(_page(trouble)),
    }


def as_mail(trouble: RecordTrouble, *, is_over: bool) -> tuple[str, str]:
    kind = RecordTroubleKind(trouble.kind)
    words = {
        "where": trouble.where,
        "at": readable(trouble.at(is_over=is_over)),
        "machines": trouble.machines,
        "size": filesizeformat(trouble.waiting_bytes),
    }
    told = {
        "vm": trouble.where,
        "what": _("over: %(what)s") % {"what": kind.label} if is_over else kind.label,
    }
    parts = [str((OVER if is_over else BEGAN)[kind]) % words]
    if trouble.vm and not is_over:
        parts.append(
            _("Seen first in the log of %(vm)s:") % {"vm": trouble.vm.name} + f"\n{trouble.vm.scope}"
        )
    parts.append(link(_page(trouble)))
    return _("%(vm)s: %(what)s") % told, "\n\n".join(parts) + "\n"


def _page(trouble: RecordTrouble) -> str:
    return place_of(trouble.account).overview if trouble.account else reverse("records")
