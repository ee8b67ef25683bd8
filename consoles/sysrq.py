"""SysRq by the serial line. In: a machine, letters, the pause between them. Out: each is sent by the hub of its host; or Failed, with the reason."""

from asgiref.sync import async_to_sync

from consoles.hub.client import HubGone, Refused, press_sysrq
from consoles.hub_addresses import address_of
from consoles.hub_settings import listening
from portal.fleet.models import VirtualMachine
from portal.machines.base import CANNOT, GONE, REFUSED, SILENT, Failed

CODES = {"cannot": CANNOT, "no_line": GONE, "draining": GONE, "closed": GONE, "lost": SILENT}


def send_sysrq(vm: VirtualMachine, letters: str, pause_ms: int) -> None:
    """To its first port, which is the console of most kernels. Returns once all are sent."""
    port = vm.ports.filter(number=0, enabled=True).first()
    if port is None:
        raise Failed(CANNOT, "its first serial port is missing or disabled")
    async_to_sync(_send)(vm.host, str(port.line_id), letters, pause_ms)


async def _send(host: str, line: str, letters: str, pause_ms: int) -> None:
    try:
        await press_sysrq(await address_of(host), line, letters, pause_ms, listening())
    except Refused as refused:
        raise Failed(CODES.get(refused.code, REFUSED), refused.reason) from refused
    except HubGone as gone:
        raise Failed(GONE, str(gone)) from gone
