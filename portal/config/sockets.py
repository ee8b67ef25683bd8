"""A browser's socket under Daphne, without what no message need cost. In: bytes of the network, frames of Autobahn's. Out: the same.

Autobahn makes up coloured words for a log that nobody reads; Twisted asks its loop before it writes what the network would take at once.
"""

from typing import Any

from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.tcp import Connection


class Socket(WebSocketProtocol):
    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        self._dataReceived(data)

    def sendData(self, data: bytes, sync: bool = False, chopsize: int | None = None) -> None:  # noqa: N802
        """At once where nothing waits before it; under TLS, and for the rest, the loop says when."""
        below: Any = self.transport
        if isinstance(below, Connection) and below.connected and not unsent(below):
            taken = below.writeSomeData(data)
            if isinstance(taken, int):  # else the loop finds out what is wrong
                data = data[taken:]
        below.write(data)


def unsent(transport: Any) -> int:
    """Bytes that the network has not taken yet; under TLS, those that are encrypted already."""
    below = getattr(transport, "transport", transport)
    return len(below.dataBuffer) - below.offset + below._tempDataLen if below else 0
