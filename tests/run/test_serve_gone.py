"""A browser that has gone while something was sent to it."""

from typing import Any

import pytest
from autobahn.exception import Disconnected

from portal.config.serve import LimitedServer


class Gone:
    def handle_reply(self, message: dict[str, Any]) -> None:
        raise Disconnected("Attempt to send on a closed protocol")


async def test_sending_to_a_browser_that_has_gone_is_an_error_of_the_network() -> None:
    server, gone = LimitedServer.__new__(LimitedServer), Gone()
    server.connections = {gone: {}}
    with pytest.raises(OSError, match="closed protocol"):
        await server.handle_reply(gone, {"type": "websocket.send", "bytes": b"x"})
