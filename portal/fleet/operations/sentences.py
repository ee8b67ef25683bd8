"""How an operation ended, for people. In: its row. Out: one sentence, with the other side's own words where it gave any."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.fleet.models import Operation
from portal.fleet.models.operations import OperationKind
from portal.fleet.operations.allowed import RIGHT_ENDED
from portal.machines import base

IGNORED, LOST, NOT_TAKEN, SUPERSEDED, CALLED_OFF, QUEUE_AWAY, SYSRQ_CANNOT, BROKE = (
    "guest_ignored",
    "operation_lost",
    "operation_not_taken",
    "superseded",
    "called_off",
    "queue_away",
    "sysrq_cannot",
    "operation_broke",
)

SENTENCES: dict[str, Promise] = {
    base.GONE: gettext_lazy("Nothing answers where the machine should be."),
    base.REFUSED: gettext_lazy("The machine's host refused."),
    base.SILENT: gettext_lazy("The machine's host took the request and did not answer in time."),
    base.CANNOT: gettext_lazy("A machine of this kind cannot do that."),
    base.AGENT_SILENT: gettext_lazy("The guest agent does not answer."),
    base.BAD_SPEC: gettext_lazy("The machine's endpoint or specification is not valid."),
    base.DIED: gettext_lazy("The machine's process ended meanwhile."),
    base.BUSY: gettext_lazy("The machine is busy with something else."),
    IGNORED: gettext_lazy(
        "The guest did not shut down in time, and nothing was changed. A hard reset does not ask it."
    ),
    LOST: gettext_lazy(
        "The worker that did this ended before it was done. Look at the machine's state, then try again."
    ),
    NOT_TAKEN: gettext_lazy("No worker took this up. The worker of the machine's host may not be running."),
    QUEUE_AWAY: gettext_lazy("The queue of jobs does not answer, so nothing was begun. Try again."),
    RIGHT_ENDED: gettext_lazy("The right to do this ended before it was done, so it was left."),
    BROKE: gettext_lazy("Homeport itself failed at this. The log of its workers says how."),
    SYSRQ_CANNOT: gettext_lazy(
        "Neither the serial line nor the machine's keyboard can send SysRq. The line must be held and able to break."
    ),
}


# where things lie on a host is none of a tenant's business; the worker's log has it
PLACE = re.compile(r"(?<![\w/])/[^\s:;,'\")]+")


def sentence_of(operation: Operation) -> str:
    """Empty for what goes on, or went well."""
    if operation.error_code == SUPERSEDED:
        return _("%(who)s asked for something stronger meanwhile: %(kind)s.") % {
            "who": operation.result.get("by", ""),
            "kind": OperationKind(operation.result["kind"]).label,
        }
    if operation.error_code == CALLED_OFF:
        return _("%(who)s called it off.") % {"who": operation.result.get("by", "")}
    known = SENTENCES.get(operation.error_code)
    if known is None:
        return operation.error_message or operation.error_code
    words = PLACE.sub("…", operation.error_message)
    return f"{known} ({words})" if words else str(known)


def busy_with(operation: Operation) -> str:
    return _("%(who)s asked for “%(kind)s” on this machine, and that is not finished. Wait until it is.") % {
        "who": operation.asked_by_name,
        "kind": operation.get_kind_display(),
    }
