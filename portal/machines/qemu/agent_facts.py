"""Reads what a guest agent says of its guest. In: its answers, of any form. Out: facts, short and printable."""

import ipaddress
from collections.abc import Iterator
from itertools import islice
from typing import Any

from portal.machines.base import Facts
from portal.machines.qemu.agent_link import plain

LONGEST = 100  # letters of one fact
MOST = 32  # addresses


def facts_of(system: Any, host: Any, interfaces: Any) -> Facts:
    system = system if isinstance(system, dict) else {}
    host = host if isinstance(host, dict) else {}
    return Facts(
        os_name=plain(system.get("pretty-name") or system.get("name"), LONGEST),
        kernel=plain(system.get("kernel-release"), LONGEST),
        host_name=plain(host.get("host-name"), LONGEST),
        addresses=tuple(islice(_addresses(interfaces), MOST)),
    )


def _addresses(interfaces: Any) -> Iterator[tuple[str, str]]:
    """Those by which others may reach the guest."""
    for interface in _dicts(interfaces):
        for one in _dicts(interface.get("ip-addresses")):
            try:
                address = ipaddress.ip_address(str(one.get("ip-address")))
            except ValueError:
                continue
            if not (address.is_loopback or address.is_link_local):
                yield plain(interface.get("name"), LONGEST), str(address)


def _dicts(found: Any) -> Iterator[dict[str, Any]]:
    return (one for one in found if isinstance(one, dict)) if isinstance(found, list) else iter(())
