"""The way to the hub of a machine's host. In: the host's name, and what to attach to. Out: a link on which ATTACH was sent, or HubGone."""

import random

from consoles.hub.client import HubGone, Link, attach_request, connect
from consoles.hub_addresses import address_of
from consoles.hub_settings import listening
from consoles.wire import Op

FIRST, LAST = 0.25, 5.0


async def attach(host: str, **request: object) -> Link:
    address = await address_of(host)
    if not address:
        raise HubGone("no hub")
    link = await connect(address, listening())
    link.send(Op.ATTACH, attach_request(**request))
    return link


def next_wait(before: float) -> float:
    """Doubles up to a cap, and strays, so that those who lost a hub together do not all come back at once."""
    return min(LAST, max(FIRST, before * 2)) * random.uniform(0.7, 1.0)  # noqa: S311  no secret
