"""What libvirt's errors mean for a machine. In: libvirt's number and sentence. Out: a Failed with the same sentence."""

from portal.machines.base import AGENT_SILENT, CANNOT, GONE, REFUSED, SILENT, Failed

# libvirt's VIR_ERR_…
CODES = {
    3: CANNOT,  # NO_SUPPORT
    42: GONE,  # NO_DOMAIN
    67: CANNOT,  # CONFIG_UNSUPPORTED
    68: SILENT,  # OPERATION_TIMEOUT
    74: CANNOT,  # ARGUMENT_UNSUPPORTED
    84: CANNOT,  # OPERATION_UNSUPPORTED
    86: AGENT_SILENT,  # AGENT_UNRESPONSIVE
    97: AGENT_SILENT,  # AGENT_UNSYNCED
}
REFUSED_AT_THE_DOOR = {45, 79, 88, 94}  # of authentication and access: somebody is there, and says no
LONGEST = 300


def failure(number: int, sentence: str, *, connecting: bool = False) -> Failed:
    reason = sentence[:LONGEST]
    if connecting:
        return Failed(REFUSED if number in REFUSED_AT_THE_DOOR else GONE, reason)
    return Failed(CODES.get(number, REFUSED), reason)
