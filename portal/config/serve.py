"""The web process: Daphne on uvloop, with the limits that sockets to browsers need. In: Daphne's own arguments. Out: pages and sockets.

`python -m portal.config.serve -p 8000 portal.config.asgi:application`; what is given on the command line wins over `LIMITS`.
"""

import asyncio
import sys
import time
from typing import Any

import uvloop
from twisted.internet import asyncioreactor

if __name__ == "__main__":  # Daphne takes the reactor that is there, else makes one
    asyncioreactor.install(uvloop.new_event_loop())

from daphne.cli import CommandLineInterface
from daphne.http_protocol import WebRequest
from daphne.server import Server
from twisted.internet.defer import Deferred

from portal.config.sockets import Socket, unsent

MESSAGE = 65 * 1024  # also the most that the application may send at once
HANDSHAKE = 5
IDLE = 30
MOST_UNSENT = 2 * 1024 * 1024
LOOK_AGAIN = 0.02
LIMITS = {
    "--websocket-max-message-size": MESSAGE,
    "--websocket-max-frame-size": MESSAGE,
    "--websocket_connect_timeout": HANDSHAKE,
    "--websocket_timeout": -1,  # sessions have a longest time of their own
    "--ping-interval": 20,
    "--ping-timeout": 10,
}


class LimitedServer(Server):
    def __init__(self, **options: Any) -> None:
        super().__init__(ready_callable=self._tighten, **options)

    def _tighten(self) -> None:
        """Who sends too much is told so (1009), has a second to answer, and what comes meanwhile is thrown away."""
        self.ws_factory.protocol = Socket
        self.ws_factory.setProtocolOptions(failByDrop=False, closeHandshakeTimeout=1, tcpNoDelay=True)
        self.http_factory.timeOut = IDLE

    def timeout_checker(self) -> None:
        """Called every two seconds. Daphne's own clock of a request starts only once all of it has come."""
        for protocol, details in list(self.connections.items()):
            slow = time.time() - details["connected"] > HANDSHAKE
            if slow and isinstance(protocol, WebRequest) and protocol.content is None:
                protocol.channel.forceAbortClient()
        super().timeout_checker()

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        """What a browser says it has seen holds the application back; one that says so and takes nothing is dropped."""
        data = message.get("bytes")
        if message["type"] == "websocket.send" and protocol.state in (
            Socket.STATE_CLOSING,
            Socket.STATE_CLOSED,
        ):
            return  # `websocket.disconnect` is on its way; Autobahn would raise what no application knows
        if message["type"] == "websocket.send" and data and protocol.state == protocol.STATE_OPEN:
            protocol.sendMessage(data, True)  # as Daphne would, after many questions
        else:
            await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send" and unsent(protocol.transport) > MOST_UNSENT:
            protocol.dropConnection(abort=True)
        if message["type"] == "http.response.body" and message.get("more_body"):
            await self._taken(protocol)

    async def _taken(self, protocol: Any) -> None:
        """A long answer is made no faster than it is read; whoever stops reading it is dropped."""
        least, since = unsent(protocol.transport), time.monotonic()
        while (left := unsent(protocol.transport)) > MOST_UNSENT and protocol in self.connections:
            if left < least:
                least, since = left, time.monotonic()
            elif time.monotonic() - since > IDLE:
                protocol.channel.forceAbortClient()
                return
            await asyncio.sleep(LOOK_AGAIN)

    def kill_all_applications(self) -> "Deferred[Any]":
        """Each ends in its own way before the process does. Daphne's own stumbles over a request that became a socket a moment
        ago, and waits for the first alone."""
        known = [one.get("application_instance") for one in self.connections.values()]
        tasks = [task for task in known if task is not None and not task.done()]
        for task in tasks:
            task.cancel()
        return Deferred.fromFuture(asyncio.gather(*tasks, return_exceptions=True))


class Web(CommandLineInterface):
    server_class = LimitedServer  # type: ignore[assignment]


def main(arguments: list[str]) -> None:
    limits = [f"{name}={value}" for name, value in LIMITS.items()]
    Web().run([*limits, *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
