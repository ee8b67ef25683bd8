"""How many consoles may be open at once. In: who asks for which machine. Out: nothing, or TooMany.

Counted are the sessions that are alive, so that those of a web process that was killed do not shut anybody out.
"""

from django.conf import settings
from django.db.models import Q

from accounts.principals import Principal
from consoles.sessions import alive
from portal.fleet.models import VirtualMachine


class TooMany(Exception):
    """`of` names what is full: "person", "vm" or "tenant"."""

    def __init__(self, of: str) -> None:
        super().__init__(of)
        self.of = of


def check(principal: Principal, vm: VirtualMachine) -> None:
    """Handshakes that are counted at the same moment may each be the last: a handful too many, never a flood."""
    sessions = alive().order_by()
    counted = {
        "person": (sessions.filter(Q(principal_id=principal.id)), settings.SESSIONS_PER_PERSON),
        "vm": (sessions.filter(vm=vm), settings.SESSIONS_PER_VM),
        "tenant": (sessions.filter(tenant=vm.tenant_id), settings.SESSIONS_PER_TENANT),
    }
    for of, (rows, most) in counted.items():
        if rows.count() >= most:
            raise TooMany(of)
