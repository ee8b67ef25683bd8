"""Which lines a host's hub shall hold. In: the host. Out: a LineSpec for each, and calls of `want` whenever they have changed.

The subscription's switch is not asked: it ends who is attached, while what the machine prints is still recorded.
"""

from collections.abc import Awaitable, Callable

from django.conf import settings

from consoles.hub.spec import LineSpec
from portal.fleet.following import hints
from portal.fleet.models import SerialPort
from portal.fleet.models.vms import MIB, ProvisioningState
from portal.fleet.services.holds import asked_of_many
from portal.fleet.services.states import NO_LINE

NOT_YET = (ProvisioningState.CREATING, ProvisioningState.DELETING)
COLUMNS = (
    "line_id",
    "url",
    "number",
    "vm__name",
    "vm__resource_group__name",
    "vm__log_limit_bytes",
    "vm__log_out_on_detach",
    "vm__logout_string",
)


class Following(hints.Following[LineSpec]):
    def __init__(self, host: str, want: Callable[[list[LineSpec]], Awaitable[None]]) -> None:
        super().__init__(host, wanted, want)


def wanted(host: str) -> list[LineSpec]:
    ports = SerialPort.objects.filter(enabled=True, vm__host=host, vm__boot_diagnostics=True)
    ports = ports.exclude(vm__power_state__in=NO_LINE).exclude(vm__provisioning_state__in=NOT_YET)
    is_held = asked_of_many()
    rows = ports.order_by("id").values_list("vm__tenant_id", "vm__scope_key", *COLUMNS)
    return [_spec(*row, is_held=is_held(tenant_id, scope_key)) for tenant_id, scope_key, *row in rows]


def _spec(
    line_id: object,
    url: str,
    number: int,
    vm: str,
    group: str,
    limit: int,
    log_out: str,
    logout_string: str,
    *,
    is_held: bool,
) -> LineSpec:
    """The rest of the limit is in a store; under a legal hold there is none, and the disk gives what it has."""
    name = f"{group}/{vm}" + (f"/{number}" if number else "")
    most = settings.SPOOL_MIB * MIB
    return LineSpec(str(line_id), url, name, most if is_held else min(limit, most), log_out, logout_string)
